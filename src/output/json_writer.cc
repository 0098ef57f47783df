// SPDX-License-Identifier: MIT
#include "output/json_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "base/printable.h"

namespace spile::output {

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_quoted(name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_quoted(text);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

void JsonWriter::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

void JsonWriter::append_quoted(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    std::size_t length = utf8_length(text);
    if (length == 0) {
      out_ += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    char32_t code = utf8_decode(text);
    if (code == '"' || code == '\\') {
      out_ += '\\';
      out_ += static_cast<char>(code);
    } else if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<std::uint32_t>(code));
    } else {
      out_ += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out_ += '"';
}

}  // namespace spile::output
