// SPDX-License-Identifier: Apache-2.0
#include "tenancy.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "readable.hpp"

namespace palimpsest::test {

namespace {

constexpr std::size_t steps = 60;

struct start {
    contents holds;
    image from;
};

struct tenant {
    contents expected;
    std::byte stamp;
};

class tenancies {
  public:
    tenancies(any_pool& pool, random_source& random) : pool_(pool), random_(random) {
        const auto& layout = pool.layout();
        std::vector<std::size_t> most{layout.state_bytes()};
        most.insert(most.end(), layout.tables(), layout.table_bytes());
        most.insert(most.end(), layout.memories(), layout.memory_bytes());
        add(random_contents(random, most));
        add(random_contents(random, most));
        // One that is all zeros, where a byte from anybody is a byte too many.
        contents zeros;
        zeros.entities.resize(most.size());
        zeros.entities.back().resize(pick(random, 1, layout.memory_bytes() / 2));
        add(std::move(zeros));
    }

    void step() {
        const auto place = pick(random_, 0, tenants_.size() - 1);
        const auto which = pick(random_, 0, starts_.size() - 1);
        if (!tenants_[place] && in_use_ < pool_.layout().slots() && pick(random_, 0, 2) == 0)
            visit_briefly(place, which);
        else if (!tenants_[place])
            acquire(place, which);
        else if (pick(random_, 0, 2) == 0)
            release(place);
        else
            act(place);
    }

    /// No pool in use holds anything but the images, in any slot.
    void finish() {
        release_all();
        for (std::size_t which = 0; which < starts_.size(); ++which) {
            for (std::size_t place = 0; place + 1 < tenants_.size(); ++place) {
                acquire(place, which);
                compare(place);
            }
            release_all();
        }
    }

  private:
    void add(contents holds) {
        auto from = image_of(holds, pool_.layout().tables());
        starts_.push_back({std::move(holds), std::move(from)});
    }

    void acquire(std::size_t place, std::size_t which) {
        const bool exhausted = in_use_ == pool_.layout().slots();
        REQUIRE(pool_.acquire(place, starts_[which].from) != exhausted);
        if (exhausted) return;
        ++in_use_;
        stamp_ = stamp_ % 255 + 1;
        tenants_[place] = tenant{starts_[which].holds, static_cast<std::byte>(stamp_)};
        check_sizes(place);
        // Not always: what was read is mapped, and then a write takes another path in the kernel.
        if (pick(random_, 0, 1) == 0) compare(place);
    }

    /// Some that write to the same few pages and read nothing: from the second on they take no page
    /// fault, and their resets may go without a scan.
    void visit_briefly(std::size_t place, std::size_t which) {
        for (int visit = 0; visit < 4; ++visit) {
            REQUIRE(pool_.acquire(place, starts_[which].from));
            for (const auto& entity : pool_.view(place).entities) {
                if (entity.empty()) continue;
                entity.front() = std::byte{0x99};
                pool_.written(place, entity.first(1));
            }
            pool_.release(place);
        }
        acquire(place, which);
        compare(place);
    }

    void check_sizes(std::size_t place) {
        const auto view = pool_.view(place);
        for (std::size_t entity = 1 + view.tables; entity < view.entities.size(); ++entity) {
            INFO(view.name_of(entity));
            REQUIRE(view.entities[entity].size() ==
                    tenants_[place]->expected.entities[entity].size());
        }
    }

    void release(std::size_t place) {
        compare(place);
        pool_.release(place);
        tenants_[place].reset();
        --in_use_;
    }

    void release_all() {
        for (std::size_t place = 0; place < tenants_.size(); ++place)
            if (tenants_[place]) release(place);
    }

    void act(std::size_t place) {
        if (pick(random_, 0, 1) == 0) grow(place);
        if (pick(random_, 0, 5) != 0) write(place);
        if (pick(random_, 0, 3) == 0) compare(place);
    }

    void grow(std::size_t place) {
        const auto& layout = pool_.layout();
        const auto memory = pick(random_, 0, layout.memories() - 1);
        const auto size = pool_.view(place).entities[1 + layout.tables() + memory].size();
        const auto most = layout.memory_bytes() - size;
        // Some pages, or all that there may be.
        const auto bytes = pick(random_, 0, 7) == 0 ? most : pick(random_, 0, most / 8);
        REQUIRE(pool_.grow(place, memory, bytes));
        REQUIRE_FALSE(pool_.grow(place, memory, most - bytes + 1));
    }

    void write(std::size_t place) {
        writes done;
        auto& [expected, stamp] = *tenants_[place];
        scribble(pool_.view(place), expected, random_, stamp, done);
        for (const auto& bytes : done) pool_.written(place, bytes);
    }

    void compare(std::size_t place) {
        REQUIRE(difference(pool_.view(place), tenants_[place]->expected) == "");
    }

    any_pool& pool_;
    random_source& random_;
    std::vector<start> starts_;
    // One place more than there are slots, so that sometimes no slot is free.
    std::array<std::optional<tenant>, any_pool::places> tenants_;
    std::size_t in_use_ = 0;
    unsigned stamp_ = 0;
};

void require_done(const observe::counters::totals& totals, must_have done) {
    CHECK(totals.degraded == 0);
    CHECK(totals.quarantined == 0);
    CHECK(totals.gate_missed_pages == 0);
    CHECK(totals.acquired_warm > 0);
    CHECK(totals.acquired_cold > 0);
    CHECK((totals.pages_restored > 0) == done.restored);
    CHECK((totals.gate_hits > 0) >= done.passed_the_gate);
}

}  // namespace

void play_tenancies(any_pool& pool, const std::type_info& composition, must_have done) {
    const auto seed = Catch::rngSeed();
    INFO(readable(composition) << "\n--rng-seed " << seed);
    random_source random(seed);
    tenancies play(pool, random);
    for (std::size_t count = 0; count < steps; ++count) play.step();
    play.finish();
    require_done(pool.totals(), done);
}

}  // namespace palimpsest::test
