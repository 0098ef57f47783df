// SPDX-License-Identifier: MIT
// The verifier's first pass (kernel/bpf/verifier.c, check_cfg): every instruction is reached, jumps
// stay inside, and, as our programs have no loops, only go forward.
#include <string>

#include "bpf_interpreter.h"

namespace spile::test {
namespace {

bool is_wide(const bpf::Insn& insn) { return insn.code == 0x18; }
bool is_jump(const bpf::Insn& insn) {
  return (insn.code & 0x07) == 0x05 && insn.code != 0x85 && insn.code != 0x95;
}

class FlowCheck {
 public:
  explicit FlowCheck(const bpf::Program& program)
      : program_(program), reached_(program.insns.size()) {}

  std::string find_mistake() {
    if (program_.insns.empty()) return "the program is empty";
    reach(0);
    // Jumps only go forward, so one pass in order sees every instruction after its predecessors.
    for (std::size_t at = 0; at < program_.insns.size() && mistake_.empty(); ++at) {
      if (reached_[at]) follow(at);
      if (!reached_[at]) return "nothing reaches instruction " + std::to_string(at);
      if (is_wide(program_.insns[at])) ++at;
    }
    return mistake_;
  }

 private:
  void reach(std::size_t at) {
    if (at >= program_.insns.size()) {
      mistake_ = "control leaves the program's end";
    } else if (at > 0 && is_wide(program_.insns[at - 1])) {
      mistake_ = "a jump into the middle of instruction " + std::to_string(at - 1);
    } else {
      reached_[at] = true;
    }
  }

  void follow(std::size_t at) {
    const bpf::Insn& insn = program_.insns[at];
    if (insn.code == 0x95) return;
    if (is_jump(insn)) {
      if (insn.off < 0) mistake_ = "a jump back at " + std::to_string(at);
      reach(at + 1 + static_cast<std::size_t>(insn.off));
      if (insn.code == 0x05) return;
    }
    reach(at + (is_wide(insn) ? 2 : 1));
  }

  const bpf::Program& program_;
  std::vector<bool> reached_;
  std::string mistake_;
};

}  // namespace

std::string find_flow_mistake(const bpf::Program& program) {
  return FlowCheck(program).find_mistake();
}

}  // namespace spile::test
