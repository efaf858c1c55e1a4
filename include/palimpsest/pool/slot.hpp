// SPDX-License-Identifier: Apache-2.0
// What an embedder holds while an instance runs: a slot, and views of what is in it.
//
// Views are small and may be copied; they are valid until the slot is released.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <palimpsest/os/address_range.hpp>
#include <span>
#include <utility>

namespace palimpsest {

/// The state, or a table: of a fixed size, whole pages.
class entity_view {
  public:
    explicit entity_view(os::address_range range) noexcept : range_(range) {}

    std::byte* data() const noexcept { return range_.data(); }
    std::size_t size() const noexcept { return range_.size(); }
    std::span<std::byte> bytes() const noexcept { return {data(), size()}; }

  private:
    os::address_range range_;
};

/// A linear memory.
template <class Pool>
class memory_view {
  public:
    memory_view(Pool& pool, std::size_t slot, std::size_t index) noexcept
        : pool_(&pool), slot_(slot), index_(index) {}

    std::byte* data() const noexcept { return state().range.data(); }
    /// Bytes that the guest may access. Any thread, also while another one grows the memory: what
    /// it gives is accessible already.
    std::size_t size() const noexcept { return state().size.load(std::memory_order_acquire); }
    std::size_t maximum() const noexcept { return state().range.size(); }
    std::span<std::byte> bytes() const noexcept { return {data(), size()}; }

    /// Adds `bytes` of zeros at the end; gives the size before. Nothing when that exceeds the
    /// maximum or the kernel refuses, and then the memory is as it was. Only by one thread at a
    /// time. With dirty::fault_gate, a thread whose accesses do not count (one that neither acquired
    /// the slot nor is inside enter()) thereby announces a write.
    std::optional<std::size_t> grow(std::size_t bytes) const noexcept {
        const auto before = size();
        if (bytes > maximum() - before) return std::nullopt;
        if (bytes != 0 && !pool_->grow(slot_, index_, before + bytes)) return std::nullopt;
        return before;
    }

  private:
    const auto& state() const noexcept { return pool_->memory_of(slot_, index_); }

    Pool* pool_;
    std::size_t slot_;
    std::size_t index_;
};

/// A slot in use. Releases it when it goes; the pool must live longer. Can be moved, also to
/// another thread; a moved-from slot holds nothing.
template <class Pool>
class pool_slot {
  public:
    pool_slot(pool_slot&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), index_(other.index_) {}
    /// Releases the slot that it held.
    pool_slot& operator=(pool_slot&& other) noexcept {
        pool_slot taken(std::move(other));
        std::swap(pool_, taken.pool_);
        std::swap(index_, taken.index_);
        return *this;
    }
    ~pool_slot() {
        if (pool_ != nullptr) pool_->release(index_);
    }

    /// Puts the slot back to its image, in place: what release and acquire of the same image would
    /// do, with the same guarantees, and faster. For pools that keep a slot for each tenant. The
    /// slot must be used by nobody else, and by no scope of enter(); with dirty::fault_gate it
    /// counts as acquired by the calling thread from now on. False when the kernel refuses what it
    /// takes: the slot may then hold anything, and must be released, which maps it anew.
    [[nodiscard]] bool reset() const noexcept { return pool_->reset(index_); }

    /// Its number in the pool, from 0.
    std::size_t index() const noexcept { return index_; }

    entity_view state() const noexcept { return entity_view(pool_->entity_of(index_, 0)); }
    /// The caller keeps `index` below the pool's limit, here and below.
    entity_view table(std::size_t index) const noexcept {
        return entity_view(pool_->entity_of(index_, 1 + index));
    }
    memory_view<Pool> memory(std::size_t index) const noexcept { return {*pool_, index_, index}; }

    /// A scope in which the calling thread may access the slot though it did not acquire it. Needed
    /// with dirty::fault_gate only, and free with other backends.
    [[nodiscard]] auto enter() const noexcept { return pool_->enter(index_); }

    /// The thread that acquired the slot makes no more accesses outside of enter(): call it there
    /// before the slot moves to other threads, or the gate stays open. dirty::fault_gate only.
    void leave() const noexcept { pool_->leave(index_); }

    /// Somebody else wrote to the slot: a thread without enter(), another process, a kernel worker.
    /// dirty::fault_gate only. Or host code installed guard markers (MADV_GUARD_INSTALL):
    /// dirty::fault_gate, dirty::reported, and where no reset looks for dirty pages
    /// (reset::decommit). Any thread, before the release.
    void announce_write() const noexcept { pool_->announce_write(index_); }

    /// The engine wrote these bytes of the slot. dirty::reported only; others know by themselves.
    void written(const void* address, std::size_t bytes) const noexcept {
        pool_->written(index_, address, bytes);
    }

    /// For image::capture.
    template <class Builder>
    void describe_contents(Builder& builder) const {
        pool_->describe_contents(index_, builder);
    }

  private:
    friend Pool;
    pool_slot(Pool& pool, std::size_t index) noexcept : pool_(&pool), index_(index) {}

    Pool* pool_;
    std::size_t index_;
};

}  // namespace palimpsest
