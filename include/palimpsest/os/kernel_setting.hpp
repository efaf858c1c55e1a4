// SPDX-License-Identifier: Apache-2.0
// Numbers that an administrator sets, as files below /proc/sys show them.
#pragma once

#include <array>
#include <cstdint>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/raw.hpp>

namespace palimpsest::os {

/// Reads the number at the start of the file `path`. Returns the largest 64-bit number if it does
/// not fit, and EINVAL if the file does not begin with a number.
struct read_setting {
    static constexpr std::string_view name = "read";
    outcome<std::uint64_t> operator()(const char* path) const noexcept {
        const descriptor file(raw::open(path, O_RDONLY | O_CLOEXEC));
        if (!file) return {0, errno};
        std::array<char, 32> text;
        const auto got = raw::read(file.get(), text.data(), text.size());
        if (got < 0) return {0, errno};
        return number_in({text.data(), static_cast<std::size_t>(got)});
    }

  private:
    static outcome<std::uint64_t> number_in(std::string_view text) noexcept {
        constexpr auto most = ~std::uint64_t{0};
        std::uint64_t number = 0;
        std::size_t digits = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
            const auto digit = static_cast<std::uint64_t>(text[digits] - '0');
            number = number > (most - digit) / 10 ? most : number * 10 + digit;
        }
        return {number, digits == 0 ? EINVAL : 0};
    }
};

}  // namespace palimpsest::os
