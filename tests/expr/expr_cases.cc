// SPDX-License-Identifier: MIT
#include "expr_cases.h"

#include <fmt/format.h>

#include <random>
#include <span>
#include <string_view>

namespace spile::test {
namespace {

constexpr std::array<lang::Type, 8> kTypes = {
    {{1, true}, {1, false}, {2, true}, {2, false}, {4, true}, {4, false}, {8, true}, {8, false}}};

constexpr std::array<std::string_view, 18> kOperators = {"*",  "/", "%",  "+", "-",  "<<",
                                                         ">>", "<", "<=", ">", ">=", "==",
                                                         "!=", "&", "^",  "|", "&&", "||"};
constexpr std::array<std::string_view, 14> kHarmless = {
    "*", "+", "-", "<", "<=", ">", ">=", "==", "!=", "&", "^", "|", "&&", "||"};
constexpr std::array<std::string_view, 11> kBelowShift = {
    "<", "<=", ">", ">=", "==", "!=", "&", "^", "|", "&&", "||"};

constexpr std::array<std::uint64_t, 15> kEdges = {0,
                                                  1,
                                                  ~std::uint64_t{0},
                                                  2,
                                                  ~std::uint64_t{6},
                                                  33,
                                                  64,
                                                  0x7f,
                                                  0x80,
                                                  0x8000,
                                                  0x7fffffff,
                                                  0x80000000,
                                                  0xffffffff,
                                                  0x7fffffffffffffff,
                                                  0x8000000000000000};

// Literals that spile and C must read alike, in value and in type.
constexpr std::array<std::string_view, 28> kLiterals = {"0",
                                                        "1",
                                                        "2",
                                                        "7",
                                                        "31",
                                                        "100",
                                                        "0x10",
                                                        "017",
                                                        "0",
                                                        "127",
                                                        "128",
                                                        "255",
                                                        "2147483647",
                                                        "2147483648",
                                                        "4294967295",
                                                        "0x7fffffff",
                                                        "0x80000000",
                                                        "0xffffffff",
                                                        "0xffffffffL",
                                                        "3000000000u",
                                                        "1u",
                                                        "5L",
                                                        "7ul",
                                                        "0xFFul",
                                                        "037777777777",
                                                        "'A'",
                                                        "'\\n'",
                                                        "0x8000000000000000"};
constexpr std::array<std::string_view, 6> kDivisors = {"2", "3u", "7", "10L", "255", "0x100"};
constexpr std::array<std::string_view, 5> kCounts = {"0", "1", "5", "8u", "31"};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  template <class T, std::size_t N>
  T pick(const std::array<T, N>& from) {
    return from[below(N)];
  }

  std::string flat(int depth);
  struct Both {
    std::string spile, c;
  };
  Both tree(int depth);
  void fill(ExprCase& test, std::size_t rows);

 private:
  std::string leaf() {
    return below(3) == 0 ? std::string(pick(kLiterals)) : fmt::format("arg{}", 1 + below(kArgs));
  }
  std::string flat_operand(int depth);

  std::mt19937_64 random_;
};

std::string Generator::flat_operand(int depth) {
  static constexpr std::array<std::string_view, 4> kUnary = {"-", "!", "~", "+"};
  std::string operand = depth > 0 && below(3) == 0 ? "( " + flat(depth - 1) + " )" : leaf();
  while (below(4) == 0) operand = fmt::format("{} {}", pick(kUnary), operand);
  return operand;
}

// What stands right of / and % is a literal, right of << and >> too, and nothing that binds tighter
// than a shift follows: C leaves nothing open.
std::string Generator::flat(int depth) {
  std::string text = flat_operand(depth);
  bool after_shift = false;
  for (std::size_t more = below(5); more > 0; --more) {
    std::size_t kind = below(6);
    if (kind == 0 && !after_shift) {
      text += fmt::format(" {} {}", below(2) != 0 ? "/" : "%", pick(kDivisors));
    } else if (kind == 1 && !after_shift) {
      text += fmt::format(" {} {}", below(2) != 0 ? "<<" : ">>", pick(kCounts));
      after_shift = true;
    } else {
      std::string_view op = after_shift ? pick(kBelowShift) : pick(kHarmless);
      text += fmt::format(" {} {}", op, flat_operand(depth));
      after_shift = false;
    }
  }
  if (below(6) != 0) return text;
  return fmt::format("{} ? {} : {}", text, flat_operand(depth), flat_operand(depth));
}

std::string in_c(std::string_view op, const std::string& left, const std::string& right) {
  std::string_view macro = op == "/"    ? "DIV"
                           : op == "%"  ? "MOD"
                           : op == "<<" ? "SHL"
                           : op == ">>" ? "SHR"
                                        : "";
  if (macro.empty()) return fmt::format("({} {} {})", left, op, right);
  return fmt::format("{}({}, {})", macro, left, right);
}

Generator::Both Generator::tree(int depth) {
  if (depth == 0 || below(8) == 0) {
    std::string text = leaf();
    return {text, text};
  }
  if (below(5) == 0) {
    static constexpr std::array<std::string_view, 3> kUnary = {"-", "!", "~"};
    std::string_view op = pick(kUnary);
    Both operand = tree(depth - 1);
    return {fmt::format("{}({})", op, operand.spile), fmt::format("({}({}))", op, operand.c)};
  }
  Both left = tree(depth - 1), right = tree(depth - 1);
  if (below(10) == 0) {
    Both other = tree(depth - 1);
    return {fmt::format("({} ? {} : {})", left.spile, right.spile, other.spile),
            fmt::format("(({}) ? ({}) : ({}))", left.c, right.c, other.c)};
  }
  std::string_view op = pick(kOperators);
  return {fmt::format("({} {} {})", left.spile, op, right.spile), in_c(op, left.c, right.c)};
}

void Generator::fill(ExprCase& test, std::size_t rows) {
  for (lang::Type& type : test.types) type = pick(kTypes);
  for (std::size_t i = 0; i < rows; ++i) {
    Row row{};
    for (std::uint64_t& value : row) value = below(4) == 0 ? random_() : pick(kEdges);
    test.rows.push_back(row);
  }
}

}  // namespace

std::vector<ExprCase> every_operator_on_every_pair_of_types() {
  std::vector<Row> rows;
  for (std::uint64_t left : kEdges) {
    for (std::uint64_t right : kEdges) rows.push_back({left, right, 0, 0});
  }
  std::vector<ExprCase> cases;
  for (std::string_view op : kOperators) {
    for (lang::Type left : kTypes) {
      for (lang::Type right : kTypes) {
        cases.push_back({fmt::format("arg1 {} arg2", op),
                         in_c(op, "arg1", "arg2"),
                         {left, right, {}, {}},
                         rows});
      }
    }
  }
  return cases;
}

// arg2 > arg3 > 0, and both small: no operator of the middle leaves what C defines.
std::vector<ExprCase> every_pair_of_operators() {
  std::vector<Row> rows;
  for (std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0},
                              std::uint64_t{5}, std::uint64_t{100}, std::uint64_t{0x80000000}}) {
    for (std::uint64_t second : {4, 5}) {
      for (std::uint64_t third : {1, 2, 3}) rows.push_back({first, second, third, 0});
    }
  }
  std::vector<ExprCase> cases;
  for (std::string_view first : kOperators) {
    for (std::string_view second : kOperators) {
      std::string text = fmt::format("arg1 {} arg2 {} arg3", first, second);
      for (lang::Type type : {lang::Type{4, true}, lang::Type{1, false}, lang::Type{8, false}}) {
        cases.push_back({text, text, {type, {4, true}, {4, true}, {}}, rows});
      }
    }
  }
  return cases;
}

std::vector<ExprCase> random_flat(std::size_t count) {
  Generator generator(20240601);
  std::vector<ExprCase> cases(count);
  for (ExprCase& test : cases) {
    test.c = generator.flat(2);
    test.spile = test.c;
    if (generator.below(2) == 0) std::erase(test.spile, ' ');  // what no token needs
    generator.fill(test, 5);
  }
  return cases;
}

std::vector<ExprCase> random_trees(std::size_t count) {
  Generator generator(20240602);
  std::vector<ExprCase> cases(count);
  for (ExprCase& test : cases) {
    auto [spile, c] = generator.tree(1 + static_cast<int>(generator.below(4)));
    test.spile = std::move(spile);
    test.c = std::move(c);
    generator.fill(test, 6);
  }
  return cases;
}

}  // namespace spile::test
