// SPDX-License-Identifier: MIT
#include "lang/selector.h"

#include <fmt/format.h>

#include <string_view>

namespace spile::lang {

constexpr std::string_view kForms =
    "u:FILE-OR-LIBRARY:probe, u:FILE:provider:probe, or u::probe with -p";

static std::size_t word_end(const std::string& source, std::size_t begin) {
  std::size_t end = source.find_first_of(" \t\n(\"", begin);
  return end == std::string::npos ? source.size() : end;
}

static std::size_t skip_space(const std::string& source, std::size_t position) {
  std::size_t found = source.find_first_not_of(" \t\n", position);
  return found == std::string::npos ? source.size() : found;
}

static std::nullopt_t mistake(Diagnostics& diagnostics, Span span, std::string message,
                              std::string hint) {
  diagnostics.push_back({span, std::move(message), std::move(hint)});
  return std::nullopt;
}

static std::string explain_type(std::string_view type, std::string_view rest) {
  if (type == "u") return fmt::format("write u:{0}:PROBE, or u::{0} with -p PID", rest);
  if (type == "p" || type == "r") {
    return "'p' and 'r' name functions; spile traces USDT probes, which functions carry inside: "
           "spile list shows them";
  }
  if (type == "t") return "'t' names kernel tracepoints; use a kernel tracer for them";
  return fmt::format("did you mean u:{}:{}? The forms are {}", type, rest, kForms);
}

// "[provider:]probe" at [begin, end) of the source.
static void set_probe(Selector& selector, const std::string& source, std::size_t begin,
                      std::size_t end) {
  std::string_view text(source.data() + begin, end - begin);
  std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) selector.provider = text.substr(0, colon);
  selector.probe = text.substr(colon == std::string_view::npos ? 0 : colon + 1);
  selector.probe_span = {begin, end};
}

// "/path provider:probe", the line that `spile list` and tplist print.
static std::optional<Selector> parse_listed(const std::string& source, std::size_t& position,
                                            Diagnostics& diagnostics) {
  std::size_t path_end = word_end(source, position);
  std::size_t begin = skip_space(source, path_end);
  std::size_t end = word_end(source, begin);
  Selector selector;
  selector.module = source.substr(position, path_end - position);
  selector.module_span = {position, path_end};
  set_probe(selector, source, begin, end);
  selector.span = {position, end};
  if (selector.provider.empty() || selector.probe.empty()) {
    return mistake(
        diagnostics, selector.span, "a path alone is no probe",
        fmt::format("write u:{0}:PROBE; spile list {0} shows the probes", selector.module));
  }
  position = end;
  return selector;
}

// Whether this is "/path provider:probe": a path with a colon of its own is told from "/path:probe"
// by the word that follows.
static bool is_listed(const std::string& source, std::size_t begin, std::size_t end) {
  std::string_view word(source.data() + begin, end - begin);
  if (word[0] != '/') return false;
  if (word.find(':') == word.npos) return true;
  std::size_t next = skip_space(source, end);
  std::string_view follower(source.data() + next, word_end(source, next) - next);
  return follower.find(':') != follower.npos;
}

std::optional<Selector> parse_selector(const std::string& source, std::size_t& position,
                                       Diagnostics& diagnostics) {
  position = skip_space(source, position);
  std::size_t begin = position, end = word_end(source, begin);
  std::string_view word(source.data() + begin, end - begin);
  if (word.empty()) {
    return mistake(diagnostics, {begin, end}, "no probe is named", fmt::format("write {}", kForms));
  }
  if (is_listed(source, begin, end)) return parse_listed(source, position, diagnostics);
  std::size_t first = word.find(':');
  if (first == std::string_view::npos) {
    return mistake(diagnostics, {begin, end}, "this does not say where the probe is",
                   fmt::format("write u::{} with -p PID, or u:FILE:{}", word, word));
  }
  std::string_view type = word.substr(0, first);
  std::size_t second = word.find(':', first + 1);
  if (type != "u" || second == std::string_view::npos) {
    return mistake(
        diagnostics, {begin, end},
        type == "u" ? "this names a file or a probe, not both" : "this is not a USDT probe",
        explain_type(type, word.substr(first + 1)));
  }
  // The module may hold colons of its own when it is a path: the last one or two belong to the
  // probe.
  std::size_t last = word.rfind(':');
  std::size_t module_end = last;
  if (last != second) {
    std::size_t before_last = word.rfind(':', last - 1);
    if (before_last > first) module_end = before_last;
  }
  Selector selector;
  selector.span = {begin, end};
  selector.module = word.substr(first + 1, module_end - first - 1);
  selector.module_span = {begin + first + 1, begin + module_end};
  set_probe(selector, source, begin + module_end + 1, end);
  if (selector.probe.empty()) {
    return mistake(diagnostics, {end, end}, "the probe's name is missing",
                   "* stands for every probe");
  }
  position = end;
  return selector;
}

}  // namespace spile::lang
