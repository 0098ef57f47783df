// SPDX-License-Identifier: MIT
// Writes JSON (RFC 8259) into a string, piece by piece:
//
//   JsonWriter json(out);
//   json.begin_object().member("provider",
//   "app").key("sites").begin_array().end_array().end_object();
//   -> {"provider":"app","sites":[]}
//
// The text is valid UTF-8 whatever it is given: a byte that is none becomes U+FFFD. Controls, DEL
// and C1 included, are escaped, so that a terminal may see the output.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace spile::output {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth);
  JsonWriter& null();
  template <std::integral T>
  JsonWriter& value(T number) {
    separate();
    out_ += std::to_string(number);
    return *this;
  }

  template <class T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();  // a comma, where one belongs before the next element
  void append_quoted(std::string_view text);

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace spile::output
