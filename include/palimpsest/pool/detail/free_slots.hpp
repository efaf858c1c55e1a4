// SPDX-License-Identifier: Apache-2.0
// The free slots of a pool, in shards.
//
// A thread looks in its own shard first, and puts the slots that it frees there. Only if no shard
// has a suitable slot does it look for a less suitable one. In the steady state, taking and putting
// need one lock each.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <palimpsest/os/mutex.hpp>
#include <palimpsest/pool/detail/slot_count.hpp>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace palimpsest::detail {

/// The free slots of a pool, kept as its reuse and threading policies say. If the number of warm
/// ones is limited, it counts them and records when each slot was freed, for take_oldest_warm.
template <class Types>
class free_slots {
    using threading = typename Types::threading;
    using mutex = typename threading::mutex;
    using free_list = typename Types::reuse::free_list;
    static constexpr bool dated = Types::limits_warm_slots;

    struct alignas(64) shard {
        explicit shard(std::size_t slots) : list(slots) {}

        [[no_unique_address]] mutex lock{};
        free_list list;
    };

  public:
    explicit free_slots(std::size_t slots) {
        const auto count = threading::shards(slots);
        if (count == 0)
            throw std::invalid_argument(
                "palimpsest: the threading policy asks for no shards, where "
                "at least one must hold the free slots");
        shards_.reserve(count);
        if constexpr (dated) freed_at_.resize(slots);
        for (std::size_t index = 0; index < count; ++index)
            shards_.push_back(std::make_unique<shard>(slots));
        // Cold slots are handed out last in, first out: the lowest number first.
        for (std::size_t slot = slots; slot-- > 0;) shards_[slot % count]->list.put(slot, 0);
    }

    /// A slot for the image; nothing if all are taken.
    std::optional<std::size_t> take(std::uint64_t image) noexcept {
        for (std::size_t stage = 0; stage < free_list::stages; ++stage) {
            const auto taken =
                from_any_shard([&](free_list& list) noexcept { return list.take(image, stage); });
            if (taken) return taken;
        }
        return take_holding_all_locks(image);
    }

    /// Makes a slot free. `image` is the number of the image that the slot is warm for, 0 for none.
    void put(std::size_t slot, std::uint64_t image) noexcept {
        auto& mine = *shards_[home()];
        const os::locked lock(mine.lock);
        if constexpr (dated)
            if (image != 0) freed_at_[slot] = clock_.fetch_add(1, std::memory_order_relaxed);
        mine.list.put(slot, image);
    }

    /// Takes the warm slot that has been free the longest, of all shards. If another thread takes
    /// that slot between the look and the take, this takes the next slot of the same shard, or
    /// nothing.
    std::optional<std::size_t> take_oldest_warm() noexcept {
        shard* const found = with_oldest_warm();
        if (found == nullptr) return std::nullopt;
        const os::locked lock(found->lock);
        return found->list.take_oldest_warm();
    }

    /// Whether the reuse policy names a warm slot at all.
    bool names_warm() noexcept { return with_oldest_warm() != nullptr; }

    /// The number of warm slots, if it is limited. Whoever puts or takes a warm slot updates it.
    auto& warm() noexcept { return warm_; }

    // Fork handling, so that the child finds the lists consistent.
    void lock_all() noexcept {
        for (auto& one : shards_) one->lock.lock();
    }
    void unlock_all() noexcept {
        for (auto& one : shards_) one->lock.unlock();
    }

  private:
    std::size_t home() const noexcept { return threading::home(shards_.size()); }

    /// The shard with the warm slot that has been free the longest; null if none is named.
    shard* with_oldest_warm() noexcept {
        shard* found = nullptr;
        auto oldest = ~std::uint64_t{0};
        for (auto& one : shards_) {
            const os::locked lock(one->lock);
            const auto slot = one->list.oldest_warm();
            if (!slot || freed_at_[*slot] >= oldest) continue;
            oldest = freed_at_[*slot];
            found = one.get();
        }
        return found;
    }

    template <class Take>
    std::optional<std::size_t> from_any_shard(Take&& take) noexcept {
        const auto first = home();
        for (std::size_t step = 0; step < shards_.size(); ++step) {
            auto& one = *shards_[(first + step) % shards_.size()];
            const os::locked lock(one.lock);
            if (const auto taken = take(one.list)) return taken;
        }
        return std::nullopt;
    }

    /// Searches all shards while it holds all locks. A search shard by shard misses a slot that is
    /// freed into a shard already searched, so only this search proves that the pool is exhausted.
    std::optional<std::size_t> take_holding_all_locks(std::uint64_t image) noexcept {
        lock_all();
        std::optional<std::size_t> taken;
        for (std::size_t stage = 0; stage < free_list::stages && !taken; ++stage)
            for (std::size_t index = 0; index < shards_.size() && !taken; ++index)
                taken = shards_[index]->list.take(image, stage);
        unlock_all();
        return taken;
    }

    std::vector<std::unique_ptr<shard>> shards_;
    std::vector<std::uint64_t> freed_at_;  // of a slot, while its shard is locked
    std::atomic<std::uint64_t> clock_{0};
    [[no_unique_address]] std::conditional_t<dated, slot_count, no_slot_count> warm_;
};

}  // namespace palimpsest::detail
