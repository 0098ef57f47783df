// SPDX-License-Identifier: MIT
// Compiles the script of each *.golden file and compares our disassembly with the rest of the file:
//
//   spile_golden_tests FOLDER              says which files differ
//   spile_golden_tests --update FOLDER     rewrites them
//
// A file says what is compiled, then, after an empty line, what becomes of it:
//
//   spec: u::p (arg1 == 7) ""       the spec, and
//   args: -4@%edi                   the arguments as a note writes them, and optionally
//   machine: arm64                  or x86-64
//   options: sleepable time         also pid=N, namespace, name=PART, text=BYTES
//   show: all                       else "..." stands for what the program of 'u::p ""' has as well
//
// Nothing depends on the host: the same bytes everywhere.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/disassembler.h"
#include "script.h"

namespace spile::test {
namespace {

namespace fs = std::filesystem;
using Settings = std::map<std::string, std::string>;
using Lines = std::vector<std::string>;

struct Golden {
  Lines head;  // up to the empty line
  Settings settings;
  std::string want;
};

Golden read_golden(const fs::path& path) {
  std::ifstream in(path);
  Golden golden;
  std::string line;
  while (std::getline(in, line) && !line.empty()) {
    golden.head.push_back(line);
    std::size_t colon = line.find(": ");
    if (colon != line.npos) golden.settings[line.substr(0, colon)] = line.substr(colon + 2);
  }
  golden.want.assign(std::istreambuf_iterator<char>(in), {});
  return golden;
}

ScriptOptions to_options(Settings& settings) {
  bool is_arm = settings["machine"] == "arm64";
  ScriptOptions options = options_for(is_arm ? elf::Machine::kAarch64 : elf::Machine::kX86_64);
  std::istringstream words(settings["options"]);
  for (std::string word; words >> word;) {
    std::size_t equals = std::min(word.find('='), word.size() - 1);
    std::string value = word.substr(equals + 1);
    if (word == "sleepable") options.compile.sleepable = true;
    if (word == "time") options.compile.with_time = true;
    if (word == "namespace") options.compile.pid_namespace = ir::PidNamespace{4, 4026531836};
    if (word.starts_with("pid=")) options.compile.pid = NsPid{std::stoi(value)};
    if (word.starts_with("name=")) options.compile.comm_filter = value;
    if (word.starts_with("text=")) {
      options.compile.text_capacity = static_cast<std::uint32_t>(std::stoul(value));
    }
  }
  return options;
}

Lines to_lines(const std::string& text) {
  std::istringstream in(text);
  Lines lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Which lines of `program` belong to the longest sequence that both have in common.
std::vector<bool> find_common(const Lines& program, const Lines& plain) {
  std::vector<std::vector<int>> best(program.size() + 1, std::vector<int>(plain.size() + 1));
  for (std::size_t i = program.size(); i-- > 0;) {
    for (std::size_t j = plain.size(); j-- > 0;) {
      bool same = program[i] == plain[j];
      best[i][j] = same ? best[i + 1][j + 1] + 1 : std::max(best[i + 1][j], best[i][j + 1]);
    }
  }
  std::vector<bool> common(program.size());
  std::size_t i = 0, j = 0;
  while (i < program.size() && j < plain.size()) {
    if (program[i] == plain[j]) {
      common[i++] = true;
      ++j;
    } else {
      ++(best[i + 1][j] >= best[i][j + 1] ? i : j);
    }
  }
  return common;
}

// The lines of `program` that `plain` does not have; "..." for each stretch of the others.
std::string show_difference(const Lines& program, const Lines& plain) {
  std::vector<bool> common = find_common(program, plain);
  std::string out;
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (!common[i]) out += program[i] + "\n";
    if (common[i] && (i == 0 || !common[i - 1])) out += "  ...\n";
  }
  return out;
}

std::string compile_to_text(Settings& settings) {
  ScriptOptions options = to_options(settings);
  Script script = build_script(settings["spec"], settings["args"], options);
  if (!script.trouble.empty()) return script.trouble + "\n";
  std::string text = bpf::disassemble(script.compiled.program);
  if (settings["show"] == "all") return text;
  Script plain = build_script("u::p \"\"", "", options_for(options.machine));
  return show_difference(to_lines(text), to_lines(bpf::disassemble(plain.compiled.program)));
}

// Writes the file anew; true when it was right already.
bool update(const fs::path& path, const Golden& golden, const std::string& got) {
  if (golden.want == got) return true;
  std::ofstream out(path);
  for (const std::string& line : golden.head) out << line << "\n";
  out << "\n" << got;
  fmt::print("updated {}\n", path.filename().string());
  return false;
}

int run(const fs::path& folder, bool updates) {
  int files = 0, different = 0;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".golden") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    Golden golden = read_golden(path);
    std::string got = compile_to_text(golden.settings);
    ++files;
    if (updates) {
      update(path, golden, got);
    } else if (golden.want != got) {
      ++different;
      fmt::print("{} differs; --update rewrites it. Now it is\n{}\n", path.filename().string(),
                 got);
    }
  }
  fmt::print("{} golden files, {} different\n", files, different);
  return files > 0 && different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace spile::test

int main(int argc, char** argv) {
  std::vector<std::string_view> args(argv + 1, argv + argc);
  bool updates = !args.empty() && args.front() == "--update";
  if (args.size() != (updates ? 2u : 1u)) {
    fmt::print(stderr, "usage: {} [--update] FOLDER\n", argv[0]);
    return 2;
  }
  return spile::test::run(args.back(), updates);
}
