// SPDX-License-Identifier: Apache-2.0
// The memory and the host that random modules are written for.
//
//     0x40000000  heap         256 bytes, writable
//     0x50000000  vmctx        16 bytes that nobody writes: the addresses of the heap and the table
//                              behind them 48 bytes, writable
//     0x60000000  table        64 bytes that nobody writes
//     0x70000000  scratch      64 bytes, for those who are called with an address to write to
//     0x48000000  other heap, 0x58000000  other vmctx, 0x68000000  other table: another instance's
//
// Addresses are the same in each run, so that results may depend on them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <palimpsest/ir/interpreter/host.hpp>
#include <palimpsest/ir/interpreter/memory_map.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace palimpsest::test {

struct world_layout {
    static constexpr std::uint64_t heap = 0x40000000;
    static constexpr std::uint64_t vmctx = 0x50000000;
    static constexpr std::uint64_t table = 0x60000000;
    static constexpr std::uint64_t scratch = 0x70000000;
    static constexpr std::uint64_t other = 0x08000000;  // from one instance to the other
    static constexpr std::size_t heap_bytes = 256;
    static constexpr std::size_t pointer_bytes = 16;  // of the vmctx, in front
    static constexpr std::size_t state_bytes = 48;    // of the vmctx, behind them
    static constexpr std::size_t table_bytes = 64;
    static constexpr std::size_t scratch_bytes = 64;
};

/// What can be observed of a run besides its results.
class world {
  public:
    world() { reset(); }
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    void register_with(ir::memory_map& memory) {
        using at = world_layout;
        for (std::size_t number = 0; number < 2; ++number) {
            auto& one = instances_[number];
            const auto begin = number * at::other;
            memory.add_at(at::heap + begin, one.heap);
            memory.add_at(at::vmctx + begin, one.pointers, false);
            memory.add_at(at::vmctx + begin + at::pointer_bytes, one.state);
            memory.add_at(at::table + begin, one.table, false);
        }
        memory.add_at(at::scratch, scratch_);
    }

    void reset() noexcept {
        for (std::size_t number = 0; number < 2; ++number) {
            auto& one = instances_[number];
            const std::array<std::uint64_t, 2> pointers{
                world_layout::heap + number * world_layout::other,
                world_layout::table + number * world_layout::other};
            std::memcpy(one.pointers.data(), pointers.data(), sizeof pointers);
            fill(one.heap, 1 + number);
            fill(one.state, 3 + number);
            fill(one.table, 5 + number);
        }
        fill(scratch_, 7);
        calls_ = 0;
        log_ = 0;
    }

    /// Everything that a run may have changed, and which calls of the host it made.
    std::vector<std::byte> contents() const {
        std::vector<std::byte> made;
        const auto add = [&](const auto& bytes) {
            made.insert(made.end(), bytes.begin(), bytes.end());
        };
        for (const auto& one : instances_) {
            add(one.heap);
            add(one.state);
        }
        add(scratch_);
        std::array<std::byte, sizeof log_> log{};
        std::memcpy(log.data(), &log_, sizeof log_);
        add(log);
        return made;
    }

    /// Returns different results at each call, writes to the heap, and traps now and then.
    /// Addresses to write to do not matter: they may be of the stack.
    std::optional<ir::trap_code> call(std::string_view name, const ir::signature& as,
                                      std::span<const ir::data_value> arguments,
                                      std::span<ir::data_value> results) noexcept {
        ++calls_;
        for (const char one : name) mix(static_cast<std::uint64_t>(one));
        for (std::size_t place = 0; place < arguments.size(); ++place)
            if (as.parameters[place].purpose != ir::parameter_purpose::sret)
                mix(arguments[place].bits);
        mix(calls_);
        auto& heap = instances_[log_ & 1U].heap;
        heap[(log_ >> 8U) % heap.size()] ^= static_cast<std::byte>(log_ >> 16U);
        if ((log_ >> 32U) % 23 == 0) return ir::trap_code::user(77);
        for (auto& one : results) {
            mix(1);
            one.bits = log_ & ir::mask(one.type);
            if (ir::is_float(one.type)) one.bits &= ~(std::uint64_t{1} << (bits(one.type) - 2));
        }
        return std::nullopt;
    }
    static std::optional<std::uint64_t> symbol(std::string_view name) noexcept {
        if (name == "heap") return world_layout::heap;
        if (name == "vmctx") return world_layout::vmctx;
        if (name == "table") return world_layout::table;
        return std::nullopt;
    }

  private:
    struct instance {
        std::array<std::byte, world_layout::heap_bytes> heap;
        std::array<std::byte, world_layout::pointer_bytes> pointers;
        std::array<std::byte, world_layout::state_bytes> state;
        std::array<std::byte, world_layout::table_bytes> table;
    };

    static void fill(std::span<std::byte> bytes, std::size_t with) noexcept {
        for (std::size_t index = 0; index < bytes.size(); ++index)
            bytes[index] = static_cast<std::byte>((index + 1) * 37 * with);
    }
    void mix(std::uint64_t added) noexcept {
        log_ = (log_ ^ added) * 0x9e3779b97f4a7c15U;
        log_ ^= log_ >> 29U;
    }

    std::array<instance, 2> instances_{};
    std::array<std::byte, world_layout::scratch_bytes> scratch_{};
    std::uint64_t calls_ = 0;
    std::uint64_t log_ = 0;
};

/// The world as an interpreter's host.
struct world_host {
    world* of = nullptr;

    std::optional<ir::trap_code> call(std::string_view name, const ir::signature& as,
                                      std::span<const ir::data_value> arguments,
                                      std::span<ir::data_value> results) const noexcept {
        return of->call(name, as, arguments, results);
    }
    static std::optional<std::uint64_t> symbol(std::string_view name) noexcept {
        return world::symbol(name);
    }
};

}  // namespace palimpsest::test
