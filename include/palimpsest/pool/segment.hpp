// SPDX-License-Identifier: Apache-2.0
// Bytes at an offset of an entity.
#pragma once

#include <cstddef>
#include <span>

namespace palimpsest {

/// Bytes at an offset of an entity (the state, a table or a memory). It does not own the bytes,
/// which must live until the image is built.
struct segment {
    std::size_t offset = 0;
    std::span<const std::byte> bytes{};

    /// The offset just past the last byte.
    std::size_t end() const noexcept { return offset + bytes.size(); }
};

}  // namespace palimpsest
