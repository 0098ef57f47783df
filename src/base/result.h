// SPDX-License-Identifier: MIT
// Errors of the world (files, processes, kernels) travel as values:
//
//   Result<Note> parse_note(bytes) {
//     Cursor in(bytes);
//     Note note;
//     note.location = LinkAddr{SPILE_TRY(in.u64())};
//     ...
//     return note;
//   }
//
// Mistakes in the user's own text are diagnostics (lang/diagnostic.h); mistakes of ours are
// SPILE_ASSERT.
#pragma once

#include <cstdlib>
#include <expected>
#include <string>
#include <utility>

namespace spile {

enum class Errc {
  kBadInput,     // bytes or text that break their format
  kNotFound,     // no such file, process, probe, symbol
  kDenied,       // missing privilege
  kUnsupported,  // this kernel or machine cannot
  kSystem,       // any other failed system call
};

struct Error {
  Errc code;
  std::string what;       // what was attempted, on what, and why it failed
  int sys_errno = 0;      // errno of the failed system call, 0 if none
  std::string hint = {};  // what to do next; may be empty
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string what, std::string hint = {}) {
  return std::unexpected(Error{code, std::move(what), 0, std::move(hint)});
}

// An Error from errno: "<what>: <strerror>", with the code that fits that errno.
std::unexpected<Error> fail_errno(std::string what, int sys_errno, std::string hint = {});

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace spile

// Value of a Result, or return its Error from the enclosing function. Only ever a whole
// initialiser: a temporary beside it in a larger expression would be destroyed too late.
#define SPILE_TRY(expression)                                                               \
  __extension__({                                                                           \
    auto spile_result = (expression);                                                       \
    if (!spile_result.has_value()) return std::unexpected(std::move(spile_result).error()); \
    std::move(spile_result).value();                                                        \
  })

// The same for a Result<> without a value.
#define SPILE_CHECK(expression)                                                             \
  do {                                                                                      \
    auto spile_result = (expression);                                                       \
    if (!spile_result.has_value()) return std::unexpected(std::move(spile_result).error()); \
  } while (false)

// A promise of ours, checked in release builds too.
#define SPILE_ASSERT(condition)                                                  \
  do {                                                                           \
    if (!(condition)) ::spile::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)
