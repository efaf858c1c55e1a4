// SPDX-License-Identifier: Apache-2.0
// A request, and its only correct response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace serve {

struct exchange {
    std::vector<std::byte> request;
    std::vector<std::byte> response;
};

inline std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// Makes `count` exchanges that all differ, so that an answer left over from another request is
/// noticed. The same seed gives the same exchanges on every machine.
using make_exchanges = std::vector<exchange>(std::uint64_t seed, std::size_t count);

}  // namespace serve
