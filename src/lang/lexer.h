// SPDX-License-Identifier: MIT
// Expression text to tokens: numbers, names, "text", operators.
#pragma once

#include <cstdint>
#include <string>

#include "lang/ast.h"

namespace spile::lang {

enum class TokenKind : std::uint8_t { kEnd, kNumber, kName, kText, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Span span;
  std::uint64_t number = 0;
  Type type;         // of a number
  std::string text;  // name, decoded text, or the symbol's characters
};

// One character of quoted text with C's escapes decoded; moves `position` behind it.
char unescape(const std::string& source, std::size_t& position);

class Lexer {
 public:
  Lexer(const std::string& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  std::size_t position() const { return position_; }
  void seek(std::size_t position) { position_ = position; }
  // The next token; after a mistake, which is recorded, kEnd.
  Token next();

 private:
  Token lex_number();
  Token lex_name();
  Token lex_quoted(char quote);
  Token lex_symbol();
  Token stop(Span span, std::string message, std::string hint = {});

  const std::string& source_;
  Diagnostics& diagnostics_;
  std::size_t position_ = 0;
};

}  // namespace spile::lang
