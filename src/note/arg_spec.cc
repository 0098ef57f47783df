// SPDX-License-Identifier: MIT
// The third string of a note: arguments separated by spaces, each SIZE@OPERAND.
//
//   "-4@%edi 8@[sp, 24] 8f@%rdi"   three arguments; the spaces inside brackets separate nothing
//
// SIZE is a number of bytes, negative when the argument is signed, followed by f when its bits are
// a floating-point number. Without "SIZE@" an argument is an unsigned machine word.
#include "note/arg_spec.h"

#include <algorithm>
#include <charconv>

#include "note/operand.h"

namespace spile::note {
namespace {

struct SizeField {
  int size = 0;
  bool is_signed = false;
  bool is_float = false;
  std::size_t length = 0;  // characters, the '@' included
};

// "-4@" or "8f@" at the start of the text.
std::optional<SizeField> parse_size(std::string_view text) {
  SizeField field;
  std::string_view rest = text;
  field.is_signed = rest.starts_with('-');
  if (field.is_signed) rest.remove_prefix(1);
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), field.size);
  if (error != std::errc() || field.size < 0) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  field.is_float = rest.starts_with('f');
  if (field.is_float) rest.remove_prefix(1);
  if (!rest.starts_with('@')) return std::nullopt;
  field.length = text.size() - rest.size() + 1;
  return field;
}

// The next argument ends at a space outside brackets and not after a comma, or before anything that
// looks like the start of an argument: a bracket that never closes takes no other argument with it.
std::size_t find_end(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '(') ++depth;
    if (text[i] == ']' || text[i] == ')') --depth;
    if (text[i] != ' ') continue;
    bool inside = depth > 0 || (i > 0 && text[i - 1] == ',');
    if (!inside || parse_size(text.substr(i + 1))) return i;
  }
  return text.size();
}

bool is_64_bit(elf::Machine machine) {
  return machine != elf::Machine::kI386 && machine != elf::Machine::kArm;
}

Operand parse_operand(std::string_view text, elf::Machine machine) {
  switch (machine) {
    case elf::Machine::kX86_64:
    case elf::Machine::kI386: return parse_x86_operand(text, is_64_bit(machine));
    case elf::Machine::kAarch64: return parse_arm64_operand(text);
    case elf::Machine::kArm: return parse_arm_operand(text);
    case elf::Machine::kPpc64: return parse_ppc64_operand(text);
    case elf::Machine::kS390x: return parse_s390x_operand(text);
    case elf::Machine::kRiscv64: return parse_riscv64_operand(text);
  }
  return unreadable(text, "unknown machine");
}

// A number as the argument's type holds it: "1@$-1" is 255, "-4@$4294967295" is -1.
void narrow(Constant& constant, int size, bool is_signed) {
  if (size >= 8) return;
  int unused_bits = 64 - size * 8;
  std::uint64_t high = static_cast<std::uint64_t>(constant.value) << unused_bits;
  constant.value = is_signed ? static_cast<std::int64_t>(high) >> unused_bits
                             : static_cast<std::int64_t>(high >> unused_bits);
}

// Why no scalar has this size; empty when one has.
std::string explain_size(const SizeField& field) {
  std::string bytes = std::to_string(field.size);
  if (field.is_float && field.size != 4 && field.size != 8) {
    return "a floating-point number of " + bytes + " bytes";
  }
  if (field.size == 1 || field.size == 2 || field.size == 4 || field.size == 8) return {};
  return "it has " + bytes + " bytes: a structure or array passed by value, not a number";
}

ArgSpec parse_arg_spec(std::string_view text, elf::Machine machine) {
  ArgSpec spec;
  spec.text = std::string(text);
  std::optional<SizeField> field = parse_size(text);
  if (!field) {
    field = SizeField{is_64_bit(machine) ? 8 : 4, false, false, 0};
  }
  spec.size = static_cast<std::uint8_t>(field->size > 255 ? 255 : field->size);
  spec.is_signed = field->is_signed;
  spec.is_float = field->is_float;
  if (std::string why = explain_size(*field); !why.empty()) {
    spec.operand = unreadable(text, why);
    return spec;
  }
  spec.operand = parse_operand(text.substr(field->length), machine);
  if (auto* constant = std::get_if<Constant>(&spec.operand)) {
    narrow(*constant, field->size, field->is_signed);
  }
  return spec;
}

}  // namespace

std::vector<ArgSpec> parse_arg_specs(std::string_view text, elf::Machine machine) {
  std::vector<ArgSpec> specs;
  specs.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '@')));
  while (true) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return specs;
    std::size_t end = find_end(text);
    specs.push_back(parse_arg_spec(text.substr(0, end), machine));
    text.remove_prefix(end);
  }
}

}  // namespace spile::note
