// SPDX-License-Identifier: MIT
// A Program as text, one instruction a line, with its labels and comments; the form of the golden
// files and of `spile trace --dump`.
#pragma once

#include <string>

#include "bpf/assembler.h"

namespace spile::bpf {

std::string disassemble(const Program& program);

}  // namespace spile::bpf
