// What a slot holds, as segments for an image: the image it was mapped from, and over it the pages
// that it has of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/support.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/layout.hpp>
#include <span>
#include <vector>

namespace palimpsest::detail {

/// Appends the private pages of `range`. Without PAGEMAP_SCAN, all of it: that reads, and so maps,
/// every page.
template <class System>
void add_private_pages(System& system, int pagemap, os::address_range range,
                       std::vector<segment>& segments) {
    const auto before = segments.size();
    const auto add = [&](os::address_range found) {
        const auto part = os::intersection(found, range);
        segments.push_back({part.begin - range.begin, {part.data(), part.size()}});
        return found.pages();
    };
    const os::address_range pages{range.begin, os::round_up_to_page(range.end)};
    if (dirty::scan(system, pagemap, os::page_filter::resident(), std::span(&pages, 1),
                    pages.begin, ~std::size_t{0}, add))
        return;
    segments.resize(before);
    segments.push_back({0, {range.data(), range.size()}});
}

inline void add_image(const entity_contents& contents, std::size_t size,
                      std::vector<segment>& segments) {
    for (const auto& run : contents.runs())
        segments.push_back({run.offset, {run.source, std::min(run.end, size) - run.offset}});
}

/// Tells the builder all entities of a slot. The slot and its image must live until it has built.
template <class System, class Record, class Builder>
void describe_contents(System& system, const slot_layout& layout, const Record& slot,
                       Builder& builder) {
    const auto pagemap = dirty::reopen<os::open_pagemap>(system);
    const auto segments_of = [&](os::address_range range, const entity_contents* from) {
        std::vector<segment> segments;
        if (from != nullptr) add_image(*from, range.size(), segments);
        if (!range.empty()) add_private_pages(system, pagemap.get(), range, segments);
        return segments;
    };
    const auto small_entity = [&](std::size_t index) {
        const auto [begin, end] = layout.entity(index);
        return os::address_range{slot.range.begin + begin, slot.range.begin + end};
    };
    const auto find = [](std::span<const entity_contents> all, std::size_t index) {
        return index < all.size() ? &all[index] : nullptr;
    };

    const auto state = small_entity(0);
    builder.state(segments_of(state, &slot.held->state()), state.size());
    for (std::size_t index = 0; index < layout.tables(); ++index) {
        const auto table = small_entity(1 + index);
        builder.table(index, segments_of(table, find(slot.held->tables(), index)), table.size());
    }
    for (std::size_t index = 0; index < layout.memories(); ++index) {
        const auto& memory = slot.memories[index];
        const os::address_range range{memory.range.begin, memory.range.begin + memory.size};
        builder.memory(index, segments_of(range, find(slot.held->memories(), index)), memory.size);
    }
}

}  // namespace palimpsest::detail
