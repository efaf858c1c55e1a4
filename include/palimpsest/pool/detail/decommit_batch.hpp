// SPDX-License-Identifier: Apache-2.0
// Collects slots whose pages wait to be given back, all by one call.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mutex.hpp>
#include <palimpsest/os/vectored_decommit.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <span>
#include <vector>

namespace palimpsest::detail {

/// Decommits many ranges, by vectored calls where the kernel takes them.
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

    /// Whether this kernel takes the vectored call.
    bool vectored() const noexcept { return vectored_; }

    /// Decommits the ranges in order, and gives how many succeeded before the first that did not.
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

    /// Removes the guard markers of the ranges. A kernel without guard markers answers EINVAL,
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

/// Collects slots until there are `Most`, and then decommits them together.
template <std::size_t Most, class Mechanics, class Mutex>
class decommit_batch {
  public:
    explicit decommit_batch(Mechanics& mechanics) : mechanics_(mechanics) {
        const auto most = std::min(Most, mechanics_.slots());
        slots_.reserve(most);
        ranges_.reserve(most * mechanics_.most_deferred_ranges());
        decommitter_.open(mechanics_.system());
    }

    /// Adds a slot, and empties the batch when it is full. `finish(slot, decommitted)` is called
    /// for each slot that leaves it.
    template <class Finish>
    void add(std::size_t slot, Finish&& finish) noexcept {
        const os::locked lock(lock_);
        slots_.push_back(slot);
        if (slots_.size() == Most) empty(finish);
    }

    /// Empties the batch, and then calls `then` before anything is added again; gives its result.
    template <class Finish, class Then>
    auto flush(Finish&& finish, Then&& then) noexcept {
        const os::locked lock(lock_);
        empty(finish);
        return then();
    }

    // Around fork.
    void lock() noexcept { lock_.lock(); }
    void unlock() noexcept { lock_.unlock(); }
    /// Opens the descriptor of the process anew in the child, since the old one is the parent's.
    void forked() noexcept { decommitter_.open(mechanics_.system()); }

  private:
    template <class Finish>
    void empty(Finish& finish) noexcept {
        ranges_.clear();
        bool guarded = false;
        for (const auto slot : slots_) {
            guarded = guarded || mechanics_.may_have_guards(mechanics_[slot]);
            for (const auto& range : mechanics_[slot].deferred)
                ranges_.push_back({range.data(), range.size()});
        }
        const bool all =
            decommitter_.decommit(mechanics_.system(), ranges_, guarded) == ranges_.size();
        for (const auto slot : slots_) finish(slot, settle(mechanics_[slot], all));
        slots_.clear();
    }

    /// Notes that a slot was decommitted. When the common call failed, decommits the slot by
    /// itself, to find out which slots fail.
    template <class Record>
    bool settle(Record& slot, bool decommitted) noexcept {
        bool clean = true;
        for (const auto& range : slot.deferred) {
            if (decommitted)
                mechanics_.note_decommitted(slot, range);
            else
                clean = mechanics_.decommit_now(slot, range) && clean;
        }
        slot.deferred.clear();
        if (clean) slot.announced = false;
        return clean;
    }

    Mechanics& mechanics_;
    vectored_decommitter decommitter_;
    std::vector<std::size_t> slots_;
    std::vector<iovec> ranges_;
    [[no_unique_address]] Mutex lock_{};
};

/// The batch of a pool that batches nothing.
struct no_batch {
    template <class Mechanics>
    constexpr explicit no_batch(Mechanics&) noexcept {}
    static constexpr void lock() noexcept {}
    static constexpr void unlock() noexcept {}
    static constexpr void forked() noexcept {}
};

template <class Types, class Mechanics, class Mutex>
struct batch_choice {
    using type = no_batch;
};
template <class Types, class Mechanics, class Mutex>
    requires(Types::batched)
struct batch_choice<Types, Mechanics, Mutex> {
    using type = decommit_batch<Types::reset::batch, Mechanics, Mutex>;
};

template <class Types, class Mechanics, class Mutex>
using batch_for = typename batch_choice<Types, Mechanics, Mutex>::type;

}  // namespace palimpsest::detail
