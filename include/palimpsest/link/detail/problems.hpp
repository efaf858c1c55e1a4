// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with modules, so that one report has everything.
#pragma once

#include <initializer_list>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/link_error.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace palimpsest::linking::detail {

/// The problems that were found.
class problems {
  public:
    using parts = std::initializer_list<palimpsest::detail::text_part>;

    /// Records a problem of the module `in`.
    [[gnu::cold, gnu::noinline]] void add(std::string_view in, parts what) {
        add({"module '", in, "': ", palimpsest::detail::concatenate(what)});
    }
    [[gnu::cold, gnu::noinline]] void add(parts what) {
        found_.push_back(palimpsest::detail::concatenate(what));
    }
    /// Throws link_error if there are any.
    void stop_if_any() {
        if (!found_.empty()) throw link_error(std::move(found_));
    }

  private:
    light_vector<std::string> found_;
};

}  // namespace palimpsest::linking::detail
