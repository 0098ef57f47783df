// SPDX-License-Identifier: MIT
#include "c_engine.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace spile::test {
namespace {

namespace fs = std::filesystem;

// Where C leaves a result open, the macros say what spile defines. SIGNED is about the common type.
constexpr const char* kPrologue = R"(#include <stdint.h>
#include <stdio.h>
#define SIGNED(x, y) ((__typeof__((x) + (y)))-1 < 0)
#define DIV(a, b) __extension__({ __auto_type x = (a); __auto_type y = (b); \
  __typeof__(x + y) l = x, r = y; \
  r == 0 ? l - l : SIGNED(x, y) && r == (__typeof__(r))-1 ? 0 - l : l / r; })
#define MOD(a, b) __extension__({ __auto_type x = (a); __auto_type y = (b); \
  __typeof__(x + y) l = x, r = y; \
  r == 0 ? l : SIGNED(x, y) && r == (__typeof__(r))-1 ? l - l : l % r; })
#define SHL(a, b) __extension__({ __auto_type x = +(a); x << ((b) & (8 * sizeof(x) - 1)); })
#define SHR(a, b) __extension__({ __auto_type x = +(a); x >> ((b) & (8 * sizeof(x) - 1)); })
#define CASE(n, t1, t2, t3, t4, expr) static void e##n(const uint64_t *v) { \
  t1 arg1 = (t1)v[0]; t2 arg2 = (t2)v[1]; t3 arg3 = (t3)v[2]; t4 arg4 = (t4)v[3]; \
  uint64_t answer[2] = {(uint64_t)(expr), 2 * sizeof(expr) + ((__typeof__(expr))-1 < 0)}; \
  fwrite(answer, sizeof answer, 1, stdout); }
)";

std::string type_name(lang::Type type) {
  return fmt::format("{}int{}_t", type.is_signed ? "" : "u", 8 * type.size);
}

std::string write_program(std::span<const ExprCase> cases) {
  std::string source = kPrologue;
  auto out = std::back_inserter(source);
  std::string rows = "static const uint64_t rows[][4] = {\n";
  std::string calls = "int main(void) {\n  const uint64_t (*row)[4] = rows;\n";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    fmt::format_to(out, "CASE({}", i);
    for (lang::Type type : cases[i].types) fmt::format_to(out, ", {}", type_name(type));
    fmt::format_to(out, ", {})\n", cases[i].c);
    for (const Row& row : cases[i].rows) {
      rows += fmt::format("{{{:#x}u,{:#x}u,{:#x}u,{:#x}u}},\n", row[0], row[1], row[2], row[3]);
    }
    calls += fmt::format("  for (int i = 0; i < {}; ++i) e{}(*row++);\n", cases[i].rows.size(), i);
  }
  return source + rows + "};\n" + calls + "  return 0;\n}\n";
}

struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "spile-expr-XXXXXX").string();
    path = ::mkdtemp(pattern.data()) == nullptr ? fs::path() : fs::path(pattern);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

std::vector<CValue> read_answers(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<CValue> values;
  for (std::size_t at = 0; at + 16 <= bytes.size(); at += 16) {
    std::array<std::uint64_t, 2> answer{};
    std::memcpy(answer.data(), bytes.data() + at, 16);
    values.push_back({answer[0], {static_cast<std::uint8_t>(answer[1] / 2), answer[1] % 2 == 1}});
  }
  return values;
}

}  // namespace

std::vector<CValue> ask_c_compiler(std::span<const ExprCase> cases, std::string& trouble) {
  TemporaryFolder folder;
  if (folder.path.empty()) {
    trouble = "no temporary folder";
    return {};
  }
  std::ofstream(folder.path / "cases.c") << write_program(cases);
  std::string where = folder.path.string();
  std::string compile = fmt::format("{} -std=gnu11 -O0 -w -fwrapv -o {}/cases {}/cases.c",
                                    SPILE_C_COMPILER, where, where);
  if (std::system(compile.c_str()) != 0) {
    trouble = "the C compiler failed: " + compile;
    return {};
  }
  if (std::system(fmt::format("{}/cases > {}/answers", where, where).c_str()) != 0) {
    trouble = "the C program failed";
    return {};
  }
  return read_answers(folder.path / "answers");
}

}  // namespace spile::test
