// SPDX-License-Identifier: Apache-2.0
// The contents of a slot as segments for an image: the image that it maps, overlaid with the
// private pages of the slot.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/readable.hpp>
#include <palimpsest/pool/dirty/detail/scan.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <span>
#include <string>
#include <vector>

namespace palimpsest::detail {

/// Throws std::system_error unless all of `pages`, which lie in the entity that begins at `begin`,
/// can be read: a guard marker (MADV_GUARD_INSTALL) looks like a page that was swapped out.
template <class System>
void require_readable(System& system, os::address_range pages, std::uintptr_t begin,
                      const std::string& entity) {
    const auto unreadable = [&](os::address_range range) {
        const int error = system(os::populate_readable{}, range).error;
        return error == EINVAL ? 0 : error;
    };
    if (unreadable(pages) == 0) return;
    for (auto at = pages.begin; at < pages.end; at += os::page_size) {
        const auto error = unreadable({at, at + os::page_size});
        if (error == 0) continue;
        os::throw_failed(
            "image::capture", "the page at offset " + std::to_string(at - begin) + " of " + entity,
            error,
            "it cannot be read: was it made a guard by MADV_GUARD_INSTALL? Remove the guard "
            "(MADV_GUARD_REMOVE) before the slot is captured");
    }
}

/// Opens the page map; returns no descriptor if the kernel has none or the process may not use it.
/// Throws std::system_error if only descriptors are short, because reading each page instead would
/// take long and slow the slot down.
template <class System>
os::descriptor open_pagemap_if_any(System& system) {
    const auto opened = system(os::open_pagemap{});
    if (os::is_shortage(opened.error))
        os::throw_failed("open", os::open_pagemap::path, opened.error,
                         os::advice_on_shortage(opened.error));
    return opened ? os::descriptor(opened.value) : os::descriptor();
}

/// Calls `visit` with each region of private pages, and whether they are swapped. False if the
/// kernel cannot tell. Unlike dirty::detail::scan it passes on exceptions of `visit`.
template <class System, class Visit>
bool for_each_private_region(System& system, int pagemap, os::address_range range, Visit&& visit) {
    auto filter = os::page_filter::resident();
    filter.named |= os::page_category::swapped;
    std::array<os::page_region, dirty::detail::scan_regions> regions;
    while (!range.empty()) {
        system.tell(event::scanned{});
        const auto scanned =
            system(os::scan_pagemap{}, pagemap, range, filter, regions, std::size_t{0});
        if (!scanned) return false;
        for (const auto& [start, end, categories] : std::span(regions).first(scanned.value.regions))
            visit(os::address_range{start, end}, (categories & os::page_category::swapped) != 0);
        range.begin = scanned.value.walked_to;
    }
    return true;
}

/// Appends the private pages of `range`. Without PAGEMAP_SCAN it appends all pages; reading them
/// then maps each of them.
template <class System>
void add_private_pages(System& system, int pagemap, os::address_range range,
                       const std::string& entity, std::vector<segment>& segments) {
    const auto before = segments.size();
    const auto add = [&](os::address_range found, bool may_be_guard) {
        if (may_be_guard) require_readable(system, found, range.begin, entity);
        const auto part = os::intersection(found, range);
        segments.push_back({part.begin - range.begin, {part.data(), part.size()}});
    };
    const os::address_range pages{range.begin, os::round_up_to_page(range.end)};
    if (for_each_private_region(system, pagemap, pages, add)) return;
    segments.resize(before);
    add(pages, true);
}

inline void add_image(const entity_contents& contents, std::size_t size,
                      std::vector<segment>& segments) {
    for (const auto& run : contents.runs())
        segments.push_back({run.offset, {run.source, std::min(run.end, size) - run.offset}});
}

/// Gives the builder all entities of a slot. The slot and its image must live until the builder has
/// built. Throws std::bad_alloc, and std::system_error if a page cannot be read or descriptors are
/// short; the slot is not changed.
template <class System, class Record, class Builder>
void describe_contents(System& system, const slot_layout& layout, const Record& slot,
                       Builder& builder) {
    const auto pagemap = open_pagemap_if_any(system);
    const auto segments_of = [&](os::address_range range, const entity_contents* from,
                                 const std::string& entity) {
        std::vector<segment> segments;
        if (from != nullptr) add_image(*from, range.size(), segments);
        if (!range.empty()) add_private_pages(system, pagemap.get(), range, entity, segments);
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
    builder.state(segments_of(state, &slot.held->state(), "the state"), state.size());
    for (std::size_t index = 0; index < layout.tables(); ++index) {
        const auto table = small_entity(1 + index);
        const auto name = "table " + std::to_string(index);
        builder.table(index, segments_of(table, find(slot.held->tables(), index), name),
                      table.size());
    }
    for (std::size_t index = 0; index < layout.memories(); ++index) {
        const auto& memory = slot.memories[index];
        const os::address_range range{memory.range.begin, memory.range.begin + memory.size};
        const auto name = "memory " + std::to_string(index);
        builder.memory(index, segments_of(range, find(slot.held->memories(), index), name),
                       memory.size);
    }
}

}  // namespace palimpsest::detail
