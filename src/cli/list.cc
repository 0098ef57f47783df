// SPDX-License-Identifier: MIT
// spile list: which probes do files, libraries and processes have?
//
//   list.cc       the command line, and the order of things
//   list_scan.*   targets -> the probes of their files
//   list_text.*   probes -> the lines that tplist prints
//   list_json.*   probes -> one JSON document
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

#include "base/near_names.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/list_json.h"
#include "cli/list_scan.h"
#include "cli/list_text.h"

namespace spile::cli {
namespace {

struct ListOptions {
  std::vector<std::string> words;  // files and filters
  std::vector<std::string> modules;
  std::vector<std::int32_t> pids;
  bool everything = false;
  int verbosity = 0;
  bool as_json = false;
};

bool is_file(const std::string& word) {
  struct stat info{};
  return ::stat(word.c_str(), &info) == 0 && !S_ISDIR(info.st_mode);
}

bool looks_like_filter(const std::string& word) {
  return word.find_first_of(":*?[") != word.npos && !is_file(word);
}

// With a target given by an option, words are filters, as in tplist; without one, a word is a file,
// a library or a program unless it has the look of a filter. A slash always means a path.
ListRequest to_request(const ListOptions& options) {
  ListRequest request;
  request.modules = options.modules;
  request.pids = options.pids;
  request.everything = options.everything;
  bool names_only = options.verbosity == 0 && !options.as_json;
  if (names_only) request.detail = probe::Detail::kNames;
  bool has_target = !options.modules.empty() || !options.pids.empty() || options.everything;
  for (const std::string& word : options.words) {
    if (word.find('/') != word.npos) {
      request.files.push_back(word);
    } else if (has_target || looks_like_filter(word)) {
      request.filters.push_back(word);
    } else {
      (is_file(word) ? request.files : request.modules).push_back(word);
    }
  }
  return request;
}

bool has_target(const ListRequest& request) {
  return !request.files.empty() || !request.modules.empty() || !request.pids.empty() ||
         request.everything;
}

std::string join_some(const std::vector<std::string>& names, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < limit; ++i) {
    out += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > limit) out += fmt::format(" and {} more", names.size() - limit);
  return out;
}

// Why a target gave nothing: it has no probes at all, or none that passes the filters.
Error explain_empty(const ListedTarget& target, const ListRequest& request) {
  std::string looked = target.searched.empty() || target.searched.front() == target.title
                           ? ""
                           : "; looked at " + join_some(target.searched, 4);
  if (target.searched.empty()) {
    return {Errc::kNotFound, "no probes in " + target.title, 0,
            "it has no program code mapped: a kernel thread, or a process that is ending"};
  }
  if (target.probe_names.empty()) {
    return {Errc::kNotFound, "no probes in " + target.title + looked, 0,
            "nothing there has stapsdt notes; was it built with probes?"};
  }
  Error error{Errc::kNotFound,
              fmt::format("none of the {} probes in {} matches {}", target.probe_names.size(),
                          target.title, fmt::join(request.filters, " or ")),
              0, "spile list without a filter shows them all"};
  std::vector<std::string> near = find_near_names(request.filters.front(), target.probe_names);
  if (!near.empty()) error.hint = "did you mean " + join_some(near, near.size()) + "?";
  return error;
}

void explain_empty_targets(const Listing& listing, const ListRequest& request) {
  for (const ListedTarget& target : listing.targets) {
    if (target.files.empty()) print_error(explain_empty(target, request));
  }
}

int choose_exit_code(const Listing& listing) {
  bool found = false;
  for (const ListedTarget& target : listing.targets) found |= !target.files.empty();
  if (listing.errors.empty()) return found ? kExitOk : kExitNotFound;
  if (found) return kExitFailed;
  return to_exit_code(listing.errors.front().code);
}

int run_list(const ListOptions& options) {
  ListRequest request = to_request(options);
  if (!has_target(request)) {
    print_error({Errc::kBadInput, "list probes: of what?", 0,
                 "name a file, -p PID, -l LIBRARY or -a for everything that runs"});
    return kExitUsage;
  }
  Listing listing = scan(request);
  std::string text = options.as_json ? to_json(listing) : to_text(listing, options.verbosity);
  bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  for (const Error& error : listing.errors) print_error(error);
  explain_empty_targets(listing, request);
  if (!written) {
    print_error({Errc::kSystem, "write the list: the output does not take it", 0, {}});
    return kExitFailed;
  }
  return choose_exit_code(listing);
}

}  // namespace

void add_list_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* list = app.add_subcommand("list", "show the probes of files, libraries and processes");
  list->add_option("WHAT", options->words,
                   "files, libraries or programs; after -p, -l or -a: globs on provider:probe");
  list->add_option("-p,--pid", options->pids, "a process: the files it has mapped")
      ->type_name("PID")
      ->allow_extra_args(false);
  list->add_option("-l,--lib", options->modules,
                   "a library by name (c, libc.so.6), a program or a path; with -p: only this one")
      ->type_name("NAME")
      ->allow_extra_args(false);
  list->add_flag("-a,--all", options->everything, "everything that runs");
  list->add_flag("-v", options->verbosity,
                 "semaphore, locations and arguments; -vv: where each of them is");
  list->add_flag("--json", options->as_json, "one JSON document on stdout");
  list->callback([options, &exit_code] { exit_code = run_list(*options); });
}

}  // namespace spile::cli
