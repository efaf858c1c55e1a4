// SPDX-License-Identifier: Apache-2.0
// Errors in a text, with their location.
#pragma once

#include <cstddef>
#include <palimpsest/detail/concatenate.hpp>
#include <stdexcept>
#include <string>

namespace palimpsest::ir::text {

/// A place in a text. Both numbers count from 1; a column counts bytes.
struct location {
    std::size_t line = 1;
    std::size_t column = 1;

    friend bool operator==(location, location) = default;
};

/// Thrown if a text does not have the expected format. what() begins with the line and the column,
/// and says what is wrong there.
class error : public std::runtime_error {
  public:
    error(location where, const std::string& what)
        : std::runtime_error(palimpsest::detail::concatenate(
              {"line ", where.line, ", column ", where.column, ": ", what})),
          where_(where) {}

    location where() const noexcept { return where_; }

  private:
    location where_;
};

/// Thrown if a text has the expected format, but uses a feature that this library lacks: vectors,
/// i128, exceptions. The message names the feature (see foreign_words.hpp).
class unsupported : public error {
    using error::error;
};

}  // namespace palimpsest::ir::text
