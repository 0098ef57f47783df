// SPDX-License-Identifier: MIT
// Builds a BPF program instruction by instruction, with labels, comments and named maps:
//
//   Assembler out;
//   Label reject = out.make_label("reject");
//   out.load(Size::k64, Reg::kR0, Reg::kR6, 112);
//   out.jump_imm(Cond::kNe, Reg::kR0, 7, reject);
//   ...
//   out.bind(reject);
//   Program program = out.finish();
//
// Labels and comments survive into the Program, so that its disassembly reads like its source.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bpf/insn.h"

namespace spile::bpf {

struct MapUse {
  std::size_t insn;  // index of the first half of the 16-byte load
  MapRef map;
};

struct Program {
  std::vector<Insn> insns;
  std::vector<MapUse> map_uses;
  std::multimap<std::size_t, std::string> comments;  // before the instruction of that index
  std::map<std::size_t, std::string> labels;
};

struct Label {
  std::size_t id = 0;
};

class Assembler {
 public:
  Label make_label(std::string_view name);
  void bind(Label label);
  // Whether anything jumps there so far: the verifier refuses code that nothing reaches.
  bool is_target(Label label) const;
  void comment(std::string text);

  void mov(Reg dst, Reg src);
  void mov_imm(Reg dst, std::int64_t value);  // one or two instructions, as the value needs
  void load_map(Reg dst, MapRef map);
  void alu(Alu op, Reg dst, Reg src);
  void alu_imm(Alu op, Reg dst, std::int32_t value);
  void neg(Reg dst);
  // The low `bits` of dst, zero- or sign-extended to 64.
  void extend(Reg dst, int bits, bool is_signed);
  void load(Size size, Reg dst, Reg base, std::int16_t offset);
  void store(Size size, Reg base, std::int16_t offset, Reg src);
  void store_imm(Size size, Reg base, std::int16_t offset, std::int32_t value);
  void atomic_add64(Reg base, std::int16_t offset, Reg src);
  void jump(Label target);
  void jump(Cond cond, Reg dst, Reg src, Label target);
  void jump_imm(Cond cond, Reg dst, std::int32_t value, Label target);
  void call(Helper helper);
  void exit();

  // kBadInput when a jump spans more than 32,767 instructions: the script is too large.
  Result<Program> finish();

 private:
  struct Fixup {
    std::size_t insn;
    std::size_t label;
  };
  void emit(std::uint8_t code, Reg dst, Reg src, std::int16_t off, std::int32_t imm);
  void jump_to(std::uint8_t code, Reg dst, Reg src, std::int32_t imm, Label target);

  Program program_;
  std::vector<std::string> label_names_;
  std::vector<std::int64_t> label_positions_;  // -1: not bound
  std::vector<Fixup> fixups_;
};

// Bytes of a Size.
int to_bytes(Size size);
Size to_size(int bytes);

}  // namespace spile::bpf
