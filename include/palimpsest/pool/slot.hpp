// SPDX-License-Identifier: Apache-2.0
// The objects that an embedder holds while an instance runs: a slot, and views of its contents.
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

/// A view of the state or of a table of a slot. Its size is fixed, in whole pages. It is valid
/// until the slot is released.
class entity_view {
  public:
    explicit entity_view(os::address_range range) noexcept : range_(range) {}

    std::byte* data() const noexcept { return range_.data(); }
    std::size_t size() const noexcept { return range_.size(); }
    std::span<std::byte> bytes() const noexcept { return {data(), size()}; }

  private:
    os::address_range range_;
};

/// A view of a linear memory of a slot. Its size changes when the memory grows. It is valid until
/// the slot is released.
template <class Pool>
class memory_view {
  public:
    memory_view(Pool& pool, std::size_t slot, std::size_t index) noexcept
        : pool_(&pool), slot_(slot), index_(index) {}

    std::byte* data() const noexcept { return state().range.data(); }
    /// Bytes that the guest may access. Any thread may ask, even while another thread grows the
    /// memory; the bytes it reports are already accessible.
    std::size_t size() const noexcept { return state().size.load(std::memory_order_acquire); }
    /// The most bytes that the memory can grow to.
    std::size_t maximum() const noexcept { return state().range.size(); }
    std::span<std::byte> bytes() const noexcept { return {data(), size()}; }

    /// Appends `bytes` of zeros, and returns the previous size. Returns nothing if that exceeds the
    /// maximum or the kernel refuses; the memory is then unchanged. Only one thread at a time may
    /// grow a memory. With dirty::fault_gate, a thread whose accesses do not count (one that
    /// neither acquired the slot nor is inside enter()) thereby announces a write.
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

/// A slot in use. Its destructor releases the slot; the pool must outlive it. It can be moved, even
/// to another thread; a moved-from object holds nothing.
template <class Pool>
class pool_slot {
  public:
    pool_slot(pool_slot&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), index_(other.index_) {}
    /// Releases the slot that it held until now.
    pool_slot& operator=(pool_slot&& other) noexcept {
        pool_slot taken(std::move(other));
        std::swap(pool_, taken.pool_);
        std::swap(index_, taken.index_);
        return *this;
    }
    ~pool_slot() {
        if (pool_ != nullptr) pool_->release(index_);
    }

    /// Resets the slot to its image in place. It gives the same guarantees as a release and an
    /// acquire of the same image, but is faster; use it if each tenant keeps a slot. No other
    /// thread and no scope of enter() may use the slot meanwhile. With dirty::fault_gate the slot
    /// counts as acquired by the calling thread from now on. False if the kernel refuses a call
    /// that the reset needs: the slot may then hold anything, and must be released, which remaps
    /// it.
    [[nodiscard]] bool reset() const noexcept { return pool_->reset(index_); }

    /// The slot's number in the pool, from 0.
    std::size_t index() const noexcept { return index_; }

    entity_view state() const noexcept { return entity_view(pool_->entity_of(index_, 0)); }
    /// A view of a table. Here and below, `index` must be less than the pool's limit.
    entity_view table(std::size_t index) const noexcept {
        return entity_view(pool_->entity_of(index_, 1 + index));
    }
    memory_view<Pool> memory(std::size_t index) const noexcept { return {*pool_, index_, index}; }

    /// Opens a scope in which the calling thread may access the slot though it did not acquire it.
    /// Only dirty::fault_gate needs it; with other backends it costs nothing.
    [[nodiscard]] auto enter() const noexcept { return pool_->enter(index_); }

    /// Says that the thread that acquired the slot will not access it again outside enter(). Call
    /// it on that thread before the slot moves to other threads; otherwise the next reset scans.
    /// Only dirty::fault_gate needs it.
    void leave() const noexcept { pool_->leave(index_); }

    /// Says that somebody else wrote to the slot: a thread without enter(), another process, or a
    /// kernel worker. Only dirty::fault_gate needs this. Also call it when host code installs guard
    /// markers (MADV_GUARD_INSTALL): always beyond the size of a memory, and elsewhere with
    /// dirty::fault_gate, with dirty::reported, and with a reset that does not look for dirty pages
    /// (reset::decommit). Any thread may call it before the release.
    void announce_write() const noexcept { pool_->announce_write(index_); }

    /// Says that the engine wrote these bytes of the slot. Only dirty::reported needs it; other
    /// backends find out by themselves.
    void written(const void* address, std::size_t bytes) const noexcept {
        pool_->written(index_, address, bytes);
    }

    /// Gives an image builder the contents of the slot. Call image::capture instead.
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
