// SPDX-License-Identifier: Apache-2.0
// Hands out a slot that is warm for the image, the newest first, since its pages are likeliest to
// be in the caches. Otherwise it hands out a cold slot, or else the slot of another image that has
// been free the longest, among those that the calling thread freed if there are any. The default.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/pool/detail/linked_slots.hpp>
#include <palimpsest/pool/roles.hpp>
#include <vector>

namespace palimpsest::reuse {

/// Hands out a slot that is warm for the wanted image, then a cold slot, then the slot of another
/// image that has been free the longest. The default; choose it for pools of several images. Costs
/// some 20 ns more than lifo.
struct affinity {
    using role = roles::reuse;

    /// The free slots of one shard. The pool locks it. Operations take constant time on average.
    class free_list {
      public:
        /// The pool asks all its shards for stage 0 (warm for the image), then for stage 1 (cold),
        /// then for stage 2 (warm for another image).
        static constexpr std::size_t stages = 3;

        explicit free_list(std::size_t slots)
            : by_age_(slots), by_image_(slots), images_(slots), buckets_(std::bit_ceil(slots)) {}

        /// `image` is the number of the image that the slot is warm for, 0 for none.
        void put(std::size_t slot, std::uint64_t image) noexcept {
            const auto number = static_cast<std::uint32_t>(slot);
            images_[slot] = image;
            by_age_.push(image != 0 ? warm_ : cold_, number);
            if (image != 0) by_image_.push(bucket(image), number);
        }

        std::optional<std::size_t> take(std::uint64_t image, std::size_t stage) noexcept {
            if (stage == 0) return take_warm_for(image);
            return stage == 1 ? take_cold() : take_oldest_warm();
        }

        /// The warm slot that has been free the longest, for warm_limit.
        std::optional<std::size_t> oldest_warm() const noexcept {
            if (warm_.oldest == detail::no_slot) return std::nullopt;
            return warm_.oldest;
        }
        std::optional<std::size_t> take_oldest_warm() noexcept {
            if (warm_.oldest == detail::no_slot) return std::nullopt;
            return take_warm(warm_.oldest);
        }

      private:
        // Image numbers are consecutive, so their low bits spread them well.
        detail::slot_list& bucket(std::uint64_t image) noexcept {
            return buckets_[image & (buckets_.size() - 1)];
        }

        std::optional<std::size_t> take_warm_for(std::uint64_t image) noexcept {
            auto slot = bucket(image).newest;
            while (slot != detail::no_slot && images_[slot] != image)
                slot = by_image_.older_than(slot);
            if (slot == detail::no_slot) return std::nullopt;
            return take_warm(slot);
        }

        std::optional<std::size_t> take_cold() noexcept {
            const auto slot = cold_.newest;
            if (slot == detail::no_slot) return std::nullopt;
            by_age_.erase(cold_, slot);
            return slot;
        }

        std::size_t take_warm(std::uint32_t slot) noexcept {
            by_age_.erase(warm_, slot);
            by_image_.erase(bucket(images_[slot]), slot);
            return slot;
        }

        detail::linked_slots by_age_;
        detail::linked_slots by_image_;
        std::vector<std::uint64_t> images_;
        std::vector<detail::slot_list> buckets_;
        detail::slot_list warm_;
        detail::slot_list cold_;
    };
};

}  // namespace palimpsest::reuse
