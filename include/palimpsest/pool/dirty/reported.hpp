// The engine tells which pages it wrote, by `slot.written(address, bytes)`: a compiler that emits
// write barriers, an interpreter, a host that alone writes. Nothing is asked of the kernel, and a
// reset costs what was reported. A write that is not reported shows one tenant's data to the next.
#pragma once

#include <palimpsest/detail/page_set.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::dirty {

struct reported {
    using role = role::dirty;

    static constexpr const char* name = "reported";
    static constexpr bool finds_every_resident_page = false;

    template <class System>
    class tracker {
      public:
        using provided_hooks = provides<hook::set_up, hook::mapped, hook::written,
                                        hook::decommitted, hook::restored, hook::resident>;

        class slot_data {
            friend tracker;
            detail::page_set dirty;
            detail::page_set resident;
        };

        template <class Layout>
        tracker(System&, const Layout&) noexcept {}

        void set_up(slot_data& slot, os::address_range range) {
            slot.dirty = detail::page_set(range);
            slot.resident = detail::page_set(range);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            slot.dirty.erase(range);
            slot.resident.erase(range);
        }

        /// A few nanoseconds. Only by one thread at a time.
        void written(slot_data& slot, os::address_range range) noexcept {
            slot.dirty.insert(range);
        }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t,
                      Sink&& sink) noexcept {
            auto result = found::all(of);
            slot.dirty.for_each_run([&](os::address_range range) {
                return offer_one(range, from, sink, result);
            });
            return result;
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            slot.dirty.erase(range);
            slot.resident.erase(range);
        }

        void restored(slot_data& slot, spans of) noexcept {
            slot.dirty.for_each_run([&](os::address_range range) {
                slot.resident.insert(range);
                return true;
            });
            for (const auto& span : of) slot.dirty.erase(span);
        }

        std::size_t resident(const slot_data& slot, std::size_t) const noexcept {
            return slot.resident.size();
        }
    };
};

}  // namespace palimpsest::dirty
