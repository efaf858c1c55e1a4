// SPDX-License-Identifier: Apache-2.0
// Uses the first of several backends that this kernel supports. It is chosen once, when the pool is
// built. This is the only policy that costs a branch at run time.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace palimpsest::dirty {

/// Uses the first of `Backends` that this kernel supports, chosen when the pool is built. Each hook
/// costs one more branch. Choose it to ship one binary for old and new kernels. End the list with
/// `everything`, which every kernel supports; without it, building a pool may throw.
template <class... Backends>
struct first_supported {
    using role = roles::dirty;
    using wraps = policies<Backends...>;

    static constexpr const char* name = "first_supported";
    static constexpr bool finds_every_resident_page = (... && Backends::finds_every_resident_page);
    static constexpr bool skips_scans = (... || hooks::skips_scans<Backends>());

    /// The chosen backend of one pool.
    template <class System>
    class tracker {
        template <class Backend>
        using tracker_of = typename Backend::template tracker<System>;

      public:
        using provided_hooks =
            provides<hook::skips_scans, hook::scope, hook::supported, hook::set_up, hook::mapped,
                     hook::acquired, hook::growing, hook::left, hook::resetting, hook::decommitted,
                     hook::restored, hook::resident, hook::overgrown, hook::written,
                     hook::announce_write, hook::announce_population, hook::forked,
                     hook::slot_forked>;

        class slot_data {
            friend tracker;
            // All of them exist and one is used: they are small, and set up in place.
            std::tuple<typename tracker_of<Backends>::slot_data...> of_;
        };

        /// The scope of the chosen backend.
        class scope {
          public:
            scope(tracker& of, slot_data& slot) noexcept {
                of.visit_numbered(slot, [&]<std::size_t Number>(auto& to, auto& data) {
                    std::get<Number>(scopes_).emplace(to, data);
                });
            }

          private:
            std::tuple<std::optional<typename hooks::scope_of<tracker_of<Backends>>::type>...>
                scopes_;
        };

        /// Throws std::system_error if none is supported.
        template <class Layout>
        tracker(System& system, const Layout& layout) {
            if (!choose(system, layout, numbers{}))
                os::throw_failed("dirty::first_supported", "", ENOTSUP,
                                 "this kernel has none of the backends, or forbids them to the "
                                 "process; add dirty::everything");
        }

        static bool supported(System& system) noexcept {
            return (... || hooks::supported<tracker_of<Backends>>(system));
        }

        /// The index of the chosen backend in the list.
        std::size_t chosen() const noexcept { return chosen_.index() - 1; }

        void set_up(slot_data& slot, os::address_range range) {
            visit(slot, [&](auto& to, auto& data) { hooks::set_up(to, data, range); });
        }
        void mapped(slot_data& slot, os::address_range range) noexcept {
            visit(slot, [&](auto& to, auto& data) { hooks::mapped(to, data, range); });
        }
        void acquired(slot_data& slot) noexcept {
            visit(slot, [](auto& to, auto& data) { hooks::acquired(to, data); });
        }
        void growing(slot_data& slot) noexcept {
            visit(slot, [](auto& to, auto& data) { hooks::growing(to, data); });
        }
        void resetting(slot_data& slot) noexcept {
            visit(slot, [](auto& to, auto& data) { hooks::resetting(to, data); });
        }
        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t most_pages,
                      Sink&& sink) noexcept {
            auto result = found::failed();
            visit(slot, [&](auto& to, auto& data) {
                result = to.collect(data, of, from, most_pages, sink);
            });
            return result;
        }
        void decommitted(slot_data& slot, os::address_range range) noexcept {
            visit(slot, [&](auto& to, auto& data) { hooks::decommitted(to, data, range); });
        }
        void restored(slot_data& slot, spans of) noexcept {
            visit(slot, [&](auto& to, auto& data) { hooks::restored(to, data, of); });
        }
        std::size_t resident(const slot_data& slot, std::size_t kept) const noexcept {
            auto pages = kept;
            visit(slot, [&](auto& to, auto& data) { pages = hooks::resident(to, data, kept); });
            return pages;
        }
        bool overgrown(slot_data& slot, spans of) noexcept {
            bool answer = false;
            visit(slot, [&](auto& to, auto& data) { answer = hooks::overgrown(to, data, of); });
            return answer;
        }
        void written(slot_data& slot, os::address_range range) noexcept {
            visit(slot, [&](auto& to, auto& data) { hooks::written(to, data, range); });
        }
        void announce_write(slot_data& slot) noexcept {
            visit(slot, [](auto& to, auto& data) { hooks::announce_write(to, data); });
        }
        void left(slot_data& slot) noexcept {
            visit(slot, [](auto& to, auto& data) { hooks::left(to, data); });
        }
        void announce_population() noexcept {
            visit_tracker([](auto& to) { hooks::announce_population(to); });
        }
        void forked() noexcept {
            visit_tracker([](auto& to) { hooks::forked(to); });
        }
        void slot_forked(slot_data& slot) noexcept {
            visit(slot, [](auto& to, auto& data) { hooks::forked(to, data); });
        }

      private:
        template <class Visitor>
        void visit_tracker(Visitor&& visitor) noexcept {
            std::visit(
                [&](auto& to) {
                    if constexpr (!std::is_same_v<decltype(to), std::monostate&>) visitor(to);
                },
                chosen_);
        }

        using numbers = std::index_sequence_for<Backends...>;

        template <class Layout, std::size_t... Number>
        bool choose(System& system, const Layout& layout, std::index_sequence<Number...>) {
            return (... || (hooks::supported<tracker_of<Backends>>(system) &&
                            (chosen_.template emplace<Number + 1>(system, layout), true)));
        }

        /// Calls `visitor` with the chosen tracker and its part of the slot's data.
        template <class Slot, class Visitor>
        void visit(Slot& slot, Visitor&& visitor) const noexcept {
            visit_numbered(slot, [&]<std::size_t>(auto& to, auto& data) { visitor(to, data); });
        }
        template <class Slot, class Visitor>
        void visit_numbered(Slot& slot, Visitor&& visitor) const noexcept {
            visit_numbered(slot, visitor, numbers{});
        }
        template <class Slot, class Visitor, std::size_t... Number>
        void visit_numbered(Slot& slot, Visitor& visitor,
                            std::index_sequence<Number...>) const noexcept {
            const auto try_one = [&]<std::size_t Index>() {
                auto* const to = std::get_if<Index + 1>(&chosen_);
                if (to != nullptr)
                    visitor.template operator()<Index>(*to, std::get<Index>(slot.of_));
            };
            (try_one.template operator()<Number>(), ...);
        }

        mutable std::variant<std::monostate, tracker_of<Backends>...> chosen_;
    };
};

}  // namespace palimpsest::dirty
