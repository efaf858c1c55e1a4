// SPDX-License-Identifier: Apache-2.0
// Collects slots whose pages are to be given back together, in one call.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mutex.hpp>
#include <palimpsest/os/vectored_decommit.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <span>
#include <type_traits>
#include <vector>

namespace palimpsest::detail {

/// Decommits many ranges, with vectored calls if the kernel supports them.
class vectored_decommitter {
  public:
    template <class System>
    void open(System& system) noexcept {
        vectored_ = false;
        const auto opened = system(os::open_own_process{});
        process_ = opened ? os::descriptor(opened.value) : os::descriptor();
        const auto page = dirty::detail::probe_page(system);
        if (page.range().empty() || !process_) return;
        const iovec one{page.range().data(), page.range().size()};
        vectored_ =
            static_cast<bool>(system(os::vectored_decommit{}, process_.get(), std::span(&one, 1)));
    }

    /// Whether this kernel supports the vectored call.
    bool vectored() const noexcept { return vectored_; }

    /// Decommits the ranges in order, and returns how many succeeded before the first failure.
    /// `guarded` says that there may be guard markers, which outlive a decommit.
    template <class System>
    std::size_t decommit(System& system, std::span<const iovec> ranges,
                         bool guarded) const noexcept {
        std::size_t finished = 0;
        while (finished < ranges.size()) {
            const auto rest = ranges.subspan(finished);
            const auto step = vectored_ ? decommit_many(system, rest, guarded)
                                        : decommit_one(system, rest, guarded);
            if (step == 0) return finished;
            finished += step;
        }
        return finished;
    }

  private:
    static constexpr std::size_t most_ranges = 1024;  // IOV_MAX

    template <class System>
    std::size_t decommit_many(System& system, std::span<const iovec> ranges,
                              bool guarded) const noexcept {
        ranges = ranges.first(std::min(ranges.size(), most_ranges));
        const auto advised = system(os::vectored_decommit{}, process_.get(), ranges);
        if (!advised) return decommit_one(system, ranges, guarded);
        auto bytes = advised.value;
        std::size_t finished = 0;
        while (finished < ranges.size() && ranges[finished].iov_len <= bytes)
            bytes -= ranges[finished++].iov_len;
        if (finished == 0 || (guarded && !remove_guards(system, ranges.first(finished))))
            return decommit_one(system, ranges, guarded);
        return finished;
    }

    /// Removes the guard markers of the ranges. A kernel without guard markers returns EINVAL,
    /// which counts as success.
    template <class System>
    bool remove_guards(System& system, std::span<const iovec> ranges) const noexcept {
        std::size_t bytes = 0;
        for (const auto& range : ranges) bytes += range.iov_len;
        const auto removed = system(os::vectored_remove_guards{}, process_.get(), ranges);
        return removed ? removed.value == bytes : removed.error == EINVAL;
    }

    template <class System>
    static std::size_t decommit_one(System& system, std::span<const iovec> ranges,
                                    bool guarded) noexcept {
        const auto begin = reinterpret_cast<std::uintptr_t>(ranges[0].iov_base);
        const os::address_range range{begin, begin + ranges[0].iov_len};
        return system(os::decommit{}, range) && (!guarded || dirty::remove_guards(system, range))
                   ? 1
                   : 0;
    }

    os::descriptor process_;
    bool vectored_ = false;
};

/// Collects as many slots as the reset policy says, and then decommits them together.
template <class Types>
class decommit_batch {
  public:
    explicit decommit_batch(slot_store<Types>& slots) : system_(slots.system()) {
        const auto room = std::min(most, slots.slots());
        slots_.reserve(room);
        ranges_.reserve(room * slots.most_deferred_ranges());
        decommitter_.open(system_);
    }

    /// Adds a slot with its ranges, which may hold guard markers if `guarded`, and empties the
    /// batch when it is full. `finish(slot, decommitted)` is called for each slot that leaves it;
    /// if the common call failed, `decommitted` is false for all of them.
    template <class Finish>
    void add(std::size_t slot, std::span<const os::address_range> ranges, bool guarded,
             Finish&& finish) noexcept {
        const os::locked lock(lock_);
        slots_.push_back(slot);
        for (const auto& range : ranges) ranges_.push_back({range.data(), range.size()});
        guarded_ = guarded_ || guarded;
        if (slots_.size() == most) empty(finish);
    }

    /// Empties the batch, calls `then` before anything is added again, and returns its result.
    template <class Finish, class Then>
    auto flush(Finish&& finish, Then&& then) noexcept {
        const os::locked lock(lock_);
        empty(finish);
        return then();
    }

    // Fork handling.
    void lock() noexcept { lock_.lock(); }
    void unlock() noexcept { lock_.unlock(); }
    /// Reopens the process descriptor in the child, since the old one is the parent's.
    void forked() noexcept { decommitter_.open(system_); }

  private:
    static constexpr std::size_t most = Types::reset::batch;

    template <class Finish>
    void empty(Finish& finish) noexcept {
        const bool all = decommitter_.decommit(system_, ranges_, guarded_) == ranges_.size();
        for (const auto slot : slots_) finish(slot, all);
        slots_.clear();
        ranges_.clear();
        guarded_ = false;
    }

    typename Types::system& system_;
    vectored_decommitter decommitter_;
    std::vector<std::size_t> slots_;
    std::vector<iovec> ranges_;
    bool guarded_ = false;
    [[no_unique_address]] typename Types::threading::mutex lock_{};
};

/// The batch of a pool that batches nothing.
struct no_batch {
    template <class Slots>
    constexpr explicit no_batch(Slots&) noexcept {}
    static constexpr void lock() noexcept {}
    static constexpr void unlock() noexcept {}
    static constexpr void forked() noexcept {}
};

template <class Types>
using batch_for = std::conditional_t<Types::batched, decommit_batch<Types>, no_batch>;

}  // namespace palimpsest::detail
