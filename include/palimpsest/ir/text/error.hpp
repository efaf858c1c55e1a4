// SPDX-License-Identifier: Apache-2.0
// What is wrong with a text, and where.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace palimpsest::ir::text {

/// A place in a text. Both count from 1; a column counts bytes.
struct location {
    std::size_t line = 1;
    std::size_t column = 1;

    friend bool operator==(location, location) = default;
};

/// The text is not of the format.
class error : public std::runtime_error {
  public:
    error(location where, const std::string& what)
        : std::runtime_error("line " + std::to_string(where.line) + ", column " +
                             std::to_string(where.column) + ": " + what),
          where_(where) {}

    location where() const noexcept { return where_; }

  private:
    location where_;
};

/// The text is of the format, but has something that this library has not: vectors, i128,
/// exceptions. The message names the feature (see foreign_words.hpp).
class unsupported : public error {
    using error::error;
};

}  // namespace palimpsest::ir::text
