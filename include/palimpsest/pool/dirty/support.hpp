// Finding out what the kernel can do, when a pool is built.
#pragma once

#include <array>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <string>

namespace palimpsest::dirty {

/// Opens a descriptor on set-up.
template <os::Call Open, class System>
os::descriptor open_or_throw(System& system) {
    const auto opened = system(Open{});
    if (!opened)
        os::throw_failed(Open::name, "to find dirty pages", opened.error,
                         "is /proc mounted, and are there file descriptors left?");
    return os::descriptor(opened.value);
}

/// Opens it again in the child of a fork; empty when that fails.
template <os::Call Open, class System>
os::descriptor reopen(System& system) noexcept {
    const auto opened = system(Open{});
    return opened ? os::descriptor(opened.value) : os::descriptor();
}

/// Throws std::system_error unless the backend runs on this kernel.
template <class Backend, class System>
void require_support(System& system) {
    if (Backend::template tracker<System>::supported(system)) return;
    os::throw_failed(std::string("dirty::") + Backend::name, "", ENOTSUP,
                     std::string("it needs ") + Backend::needs +
                         "; choose dirty::first_supported<dirty::" + Backend::name +
                         ", dirty::everything>, or reset::decommit");
}

/// A page of memory to try things on.
template <class System>
os::mapping probe_page(System& system) noexcept {
    const auto taken = system(os::reserve{}, os::page_size);
    if (!taken) return {};
    os::mapping page(taken.value);
    if (!system(os::make_accessible{}, taken.value)) return {};
    *static_cast<volatile std::byte*>(page.range().data()) = std::byte{1};
    return page;
}

/// The process ran out of something: that says nothing about the kernel, and whoever tries in earnest
/// gets the same error, and reports it.
constexpr bool is_shortage(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

template <class System>
bool can_scan_pagemap(System& system) noexcept {
    const auto opened = system(os::open_pagemap{});
    if (!opened) return is_shortage(opened.error);
    const os::descriptor pagemap(opened.value);
    const auto page = probe_page(system);
    if (page.range().empty()) return true;
    std::array<os::page_region, 1> regions;
    const auto scanned = system(os::scan_pagemap{}, pagemap.get(), page.range(),
                                os::page_filter::resident(), regions, std::size_t{0});
    return scanned && scanned.value.regions == 1;
}

}  // namespace palimpsest::dirty
