// SPDX-License-Identifier: MIT
// Addresses of named variables, for operands such as 4@counter(%rip). Looks in .symtab and .dynsym.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/byte_source.h"
#include "base/result.h"
#include "elf/image.h"

namespace spile::elf {

struct Symbol {
  LinkAddr address;
  bool ambiguous = false;  // several static variables of this name, at different addresses
  bool thread_local_ = false;
};

using SymbolMap = std::map<std::string, Symbol, std::less<>>;

// Those of `names` that the file defines. Memory does not grow with the tables: they are read in
// pieces. kBadInput: damaged tables.
Result<SymbolMap> find_symbols(const ByteSource& source, const Image& image,
                               const std::vector<std::string>& names);

// True when the file still has its full symbol table (it was not stripped).
bool has_symbol_table(const Image& image);

}  // namespace spile::elf
