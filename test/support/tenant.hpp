// SPDX-License-Identifier: Apache-2.0
// An instance as a test plays it: what it sees of its slot, what it should see there, and how it
// writes to it and compares it, whole and byte by byte.
//
// Only spans are used here: what works on them is compiled once, not for each type of pool.

#pragma once

#include <cstddef>
#include <cstring>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/layout.hpp>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace palimpsest::test {

using random_source = std::mt19937_64;

/// From `least` to `most`, both included.
inline std::size_t pick(random_source& random, std::size_t least, std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(least, most)(random);
}

/// The bytes of each entity that an instance may access: state, tables, memories.
struct tenant_view {
    std::vector<std::span<std::byte>> entities;
    std::size_t tables = 0;

    std::string name_of(std::size_t entity) const {
        if (entity == 0) return "state";
        if (entity <= tables) return "table " + std::to_string(entity - 1);
        return "memory " + std::to_string(entity - 1 - tables);
    }
};

template <class Slot>
tenant_view view_of(const Slot& slot, const slot_layout& layout) {
    tenant_view view{.entities = {slot.state().bytes()}, .tables = layout.tables()};
    for (std::size_t index = 0; index < layout.tables(); ++index)
        view.entities.push_back(slot.table(index).bytes());
    for (std::size_t index = 0; index < layout.memories(); ++index)
        view.entities.push_back(slot.memory(index).bytes());
    return view;
}

/// What each entity should hold, in the order of a view. Zeros follow the given contents.
struct contents {
    using bytes = std::vector<std::byte>;

    std::vector<bytes> entities;

    bytes& at_least(std::size_t entity, std::size_t size) {
        auto& of = entities[entity];
        if (of.size() < size) of.resize(size);
        return of;
    }
};

/// Entities of which some are empty, and the others hold runs of bytes with zeros between them.
/// `most` says how large each may be.
inline contents random_contents(random_source& random, const std::vector<std::size_t>& most) {
    contents made;
    for (const auto size_limit : most) {
        contents::bytes bytes(
            size_limit == 0 || pick(random, 0, 3) == 0 ? 0 : pick(random, 1, size_limit));
        for (std::size_t at = pick(random, 0, 2 * os::page_size); at < bytes.size();
             at += pick(random, 1, 20 * os::page_size)) {
            const auto end = std::min(bytes.size(), at + pick(random, 1, 8 * os::page_size));
            for (; at < end; ++at) bytes[at] = static_cast<std::byte>(at % 251 + 1);
        }
        made.entities.push_back(std::move(bytes));
    }
    return made;
}

inline image image_of(const contents& from, std::size_t tables) {
    image_builder builder;
    builder.state(from.entities[0]);
    for (std::size_t entity = 1; entity < from.entities.size(); ++entity) {
        const auto& bytes = from.entities[entity];
        const segment whole{0, bytes};
        if (entity <= tables)
            builder.table(entity - 1, bytes);
        else
            builder.memory(entity - 1 - tables, {&whole, 1}, bytes.size());
    }
    return builder.build();
}

/// Where the view first differs from what it should hold; empty if it does not.
inline std::string difference(const tenant_view& view, const contents& expected) {
    const auto all_zero = [](std::span<const std::byte> bytes) {
        return bytes.empty() ||
               (bytes[0] == std::byte{0} &&
                std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
    };
    for (std::size_t entity = 0; entity < view.entities.size(); ++entity) {
        const std::span<const std::byte> seen = view.entities[entity];
        const auto& wanted = expected.entities[entity];
        const auto told = std::min(seen.size(), wanted.size());
        if ((told == 0 || std::memcmp(seen.data(), wanted.data(), told) == 0) &&
            all_zero(seen.subspan(told)))
            continue;
        for (std::size_t at = 0; at < seen.size(); ++at) {
            const auto should_be = at < told ? wanted[at] : std::byte{0};
            if (seen[at] != should_be)
                return view.name_of(entity) + ", byte " + std::to_string(at) + " of " +
                       std::to_string(seen.size()) + ": " +
                       std::to_string(std::to_integer<int>(seen[at])) + " in place of " +
                       std::to_string(std::to_integer<int>(should_be));
        }
    }
    return {};
}

using writes = std::vector<std::span<std::byte>>;

/// Writes `value` over part of an entity, and records it in what the view should hold.
inline void fill(const tenant_view& view, contents& expected, std::size_t entity,
                 std::size_t offset, std::size_t size, std::byte value, writes& done) {
    const auto target = view.entities[entity].subspan(offset, size);
    if (target.empty()) return;
    std::memset(target.data(), std::to_integer<int>(value), target.size());
    auto& wanted = expected.at_least(entity, offset + size);
    std::memset(wanted.data() + offset, std::to_integer<int>(value), size);
    done.push_back(target);
}

/// Writes every byte of a slot.
inline void fill_all(const tenant_view& view, contents& expected, std::byte value, writes& done) {
    for (std::size_t entity = 0; entity < view.entities.size(); ++entity)
        fill(view, expected, entity, 0, view.entities[entity].size(), value, done);
}

/// Writes to random pages of all entities: a byte, part of a page, whole pages, the very first and
/// last bytes, at times a whole entity, and zeros as often as other values.
inline void scribble(const tenant_view& view, contents& expected, random_source& random,
                     std::byte value, writes& done) {
    for (std::size_t entity = 0; entity < view.entities.size(); ++entity) {
        const auto size = view.entities[entity].size();
        if (size == 0) continue;
        const auto write = [&](std::size_t offset, std::size_t length) {
            const auto what = pick(random, 0, 1) == 0 ? std::byte{0} : value;
            fill(view, expected, entity, offset, std::min(length, size - offset), what, done);
        };
        if (pick(random, 0, 15) == 0) write(0, size);
        if (pick(random, 0, 3) == 0) write(0, 1);
        if (pick(random, 0, 3) == 0) write(size - 1, 1);
        for (auto count = pick(random, 0, 12); count > 0; --count) {
            const auto page = os::round_down_to_page(pick(random, 0, size - 1));
            switch (pick(random, 0, 2)) {
                case 0:
                    write(pick(random, page, size - 1), 1);
                    break;
                case 1:
                    write(page, pick(random, 1, os::page_size));
                    break;
                default:
                    write(page, pick(random, 1, 4) * os::page_size);
                    break;
            }
        }
    }
}

}  // namespace palimpsest::test
