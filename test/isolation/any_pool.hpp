// SPDX-License-Identifier: Apache-2.0
// A type-erased pool, so that what the tests do with it is compiled once. Each of its places can
// hold a slot in use.

#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <palimpsest/pool.hpp>
#include <span>

#include "support/page_words.hpp"
#include "support/tenant.hpp"

namespace palimpsest::test {

class any_pool {
  public:
    static constexpr std::size_t places = 4;

    any_pool(const any_pool&) = delete;
    any_pool& operator=(const any_pool&) = delete;

    /// False if the pool is exhausted. The place must be empty before.
    virtual bool acquire(std::size_t place, const image& start) = 0;
    virtual void release(std::size_t place) = 0;
    virtual bool grow(std::size_t place, std::size_t memory, std::size_t bytes) = 0;
    virtual void written(std::size_t place, std::span<const std::byte> bytes) = 0;
    virtual bool reset(std::size_t place) = 0;
    virtual image capture(std::size_t place) = 0;
    virtual void leave(std::size_t place) = 0;
    virtual void announce_write(std::size_t place) = 0;
    virtual void announce_population() = 0;
    virtual std::size_t recover() = 0;
    virtual os::address_range range_of_slot(std::size_t place) const = 0;
    virtual std::size_t worst_idle() const = 0;
    /// Whether pages are write-protected: over such a page, Linux 6.18 does not install a guard,
    /// but retries forever.
    virtual bool protects_pages() const = 0;
    /// Calls `act` inside a scope of enter(), on the calling thread.
    virtual void in_scope(std::size_t place, const std::function<void()>& act) = 0;
    virtual observe::counters::totals totals() const = 0;

    tenant_view view(std::size_t place) const {
        tenant_view view{.entities = {}, .tables = layout_.tables()};
        for (std::size_t entity = 0; entity < layout_.entities(); ++entity)
            view.entities.push_back(bytes_of(place, entity));
        return view;
    }
    const slot_layout& layout() const noexcept { return layout_; }

  protected:
    explicit any_pool(const slot_layout& layout) : layout_(layout) {}
    ~any_pool() = default;

    virtual std::span<std::byte> bytes_of(std::size_t place, std::size_t entity) const = 0;

  private:
    const slot_layout& layout_;
};

/// A pool with observe::counters, of fewer than `places` slots.
template <class Pool>
class pool_of final : public any_pool {
  public:
    explicit pool_of(Pool& pool) : any_pool(pool.layout()), pool_(pool) {}

    bool acquire(std::size_t place, const image& start) override {
        auto slot = pool_.acquire(start);
        if (slot) slots_[place].emplace(std::move(*slot));
        return slot.has_value();
    }
    void release(std::size_t place) override { slots_[place].reset(); }
    bool grow(std::size_t place, std::size_t memory, std::size_t bytes) override {
        return slots_[place]->memory(memory).grow(bytes).has_value();
    }
    void written(std::size_t place, std::span<const std::byte> bytes) override {
        slots_[place]->written(bytes.data(), bytes.size());
    }
    bool reset(std::size_t place) override { return slots_[place]->reset(); }
    image capture(std::size_t place) override { return image::capture(*slots_[place]); }
    void leave(std::size_t place) override { slots_[place]->leave(); }
    void announce_write(std::size_t place) override { slots_[place]->announce_write(); }
    void announce_population() override { pool_.announce_population(); }
    std::size_t recover() override { return pool_.recover(); }
    os::address_range range_of_slot(std::size_t place) const override {
        return test::range_of_slot(pool_, *slots_[place]);
    }
    bool protects_pages() const override {
        using policy = typename Pool::policies::dirty;
        return !policy::finds_every_resident_page && policy::name != dirty::reported::name;
    }
    std::size_t worst_idle() const override { return pool_.footprint().worst_idle; }
    void in_scope(std::size_t place, const std::function<void()>& act) override {
        const auto scope = slots_[place]->enter();
        act();
    }
    observe::counters::totals totals() const override { return pool_.observer().snapshot(); }

  private:
    std::span<std::byte> bytes_of(std::size_t place, std::size_t entity) const override {
        const auto& slot = *slots_[place];
        if (entity == 0) return slot.state().bytes();
        if (entity <= layout().tables()) return slot.table(entity - 1).bytes();
        return slot.memory(entity - 1 - layout().tables()).bytes();
    }

    Pool& pool_;
    std::array<std::optional<typename Pool::slot>, places> slots_;
};

}  // namespace palimpsest::test
