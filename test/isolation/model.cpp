// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <palimpsest/os/guard_marker.hpp>
#include <set>
#include <system_error>
#include <thread>

#include "readable.hpp"
#include "support/child.hpp"
#include "support/failing_allocation.hpp"
#include "support/failing_system.hpp"
#include "support/other_thread.hpp"
#include "support/page_words.hpp"
#include "support/steps.hpp"

namespace palimpsest::test {

namespace {

/// Whether a thread of the guest stores while a growth is refused halfway.
std::atomic<bool> stores_in_between{false};
void store_in_between(os::address_range opened) noexcept {
    if (!stores_in_between || opened.empty()) return;
    *static_cast<volatile std::byte*>(opened.data()) = std::byte{0x53};
    *static_cast<volatile std::byte*>(opened.data() + opened.size() - 1) = std::byte{0x53};
}

class locked_memory {
  public:
    explicit locked_memory(bool wanted) : locked_(wanted && ::mlockall(MCL_FUTURE) == 0) {}
    locked_memory(const locked_memory&) = delete;
    locked_memory& operator=(const locked_memory&) = delete;
    ~locked_memory() {
        if (locked_) ::munlockall();
    }
    explicit operator bool() const { return locked_; }

  private:
    bool locked_;
};

struct start {
    contents holds;
    image from;
};

struct tenant {
    contents expected;
    contents holds;  // its image
    std::vector<std::size_t> sizes;
    std::byte stamp;
    bool left = false;    // the acquiring thread writes in scopes only
    bool broken = false;  // it may only be released
};

class model {
  public:
    model(any_pool& pool, random_source& random, bool locked)
        : pool_(pool), random_(random), locked_(locked) {
        const auto& layout = pool.layout();
        most_.push_back(layout.state_bytes());
        most_.insert(most_.end(), layout.tables(), layout.table_bytes());
        most_.insert(most_.end(), layout.memories(), layout.memory_bytes());
        for (int count = 0; count < 3; ++count) starts_.push_back(random_start());
        contents zeros;
        zeros.entities.resize(most_.size());
        zeros.entities.back().resize(layout.memory_bytes() / 4);
        auto from = image_of(zeros, layout.tables());
        starts_.push_back({std::move(zeros), std::move(from)});
    }

    void step() {
        change_mood();
        const auto place = pick(random_, 0, tenants_.size() - 1);
        const auto action = pick(random_, 0, 19);
        if (action == 0) return switch_images();
        if (action == 1) return fork();
        if (action == 2 && in_use_ == 0) return populate();
        if (!tenants_[place] && action < 6 && in_use_ < pool_.layout().slots())
            return visit_often(place);
        if (!tenants_[place]) return acquire_maybe_refused(place);
        if (tenants_[place]->broken || action < 6) return release_maybe_refused(place);
        act(place, action);
    }

    /// Checks what must hold once everything has been given back.
    void finish() {
        for (std::size_t place = 0; place < tenants_.size(); ++place)
            if (tenants_[place]) release(place);
        check_all_free();
        for (std::size_t which = 0; which < starts_.size(); ++which) {
            for (std::size_t place = 0; place < pool_.layout().slots(); ++place) {
                acquire(place, which);
                compare(place);
                write_all(place);  // so that each slot keeps as much as it may
            }
            for (std::size_t place = 0; place < pool_.layout().slots(); ++place) release(place);
        }
        check_all_free();
    }

  private:
    start random_start() {
        // If memory is locked, all of an image is resident, and must sometimes fit the budgets.
        auto most = most_;
        if (locked_)
            for (auto& bytes : most) bytes = std::min(bytes, 8 * os::page_size);
        auto holds = random_contents(random_, most);
        auto from = image_of(holds, pool_.layout().tables());
        return {std::move(holds), std::move(from)};
    }

    /// Calls `work` with a call of the system that fails, before or half way through it.
    template <class Work>
    void with_a_failure(Work&& work) {
        const failing<any_call> one(ENOMEM, pick(random_, 1, 8), pick(random_, 1, 3));
        if (pick(random_, 0, 1) == 0) one.half_way();
        work();
    }

    void change_mood() {
        mood = {};
        if (pick(random_, 0, 2) == 0) mood.empty_look = pick(random_, 1, 3);
        if (pick(random_, 0, 2) == 0) mood.pages = pick(random_, 1, 3);
    }

    /// Grants everything, then briefly nothing, then little.
    void change_mood_in_turn(int visit) {
        mood = {};
        if (visit % 3 == 1) mood.empty_look = pick(random_, 0, 3);
        if (visit % 3 == 2) mood.pages = pick(random_, 1, 3);
    }

    // Many short tenancies.

    /// Tenants that write to the same few pages and soon take no page fault, so that their resets
    /// may go without a scan. Then what may be resident changes, through no fault of theirs, and
    /// the last writes to everything it has.
    void visit_often(std::size_t place) {
        const auto which = pick(random_, 0, 2);
        const bool budget_changes = pick(random_, 0, 1) == 0;
        mood = {};
        if (pick(random_, 0, 2) != 0) starts_[which] = random_start();  // no slot is warm for it
        other_thread helper;  // made beforehand, since that takes page faults
        std::size_t written = 0;
        for (int visit = 0; visit < 50; ++visit) {
            if (budget_changes) change_mood_in_turn(visit);
            REQUIRE(pool_.acquire(place, starts_[which].from));
            REQUIRE(pages_hold(place, starts_[which].holds, written));
            auto pages = pick(random_, 0, 127) & pick(random_, 0, 127);
            if (visit % 3 == 2) pages &= written;  // without a fault
            write_pages(place, pages);
            written |= pages;
            pool_.release(place);
        }
        mood = {};
        const bool grows = pick(random_, 0, 1) == 0;
        if (!grows && in_use_ == 0) helper.run([&] { populate(); });
        REQUIRE(pool_.acquire(place, starts_[which].from));
        if (grows) helper.run([&] { (void)pool_.grow(place, 0, 8 * os::page_size); });
        write_each_page(place);
        pool_.release(place);
        acquire(place, which);
        for (std::size_t memory = 0; memory < pool_.layout().memories(); ++memory)
            grow_to_the_end(place, memory);
        compare(place);
    }

    // A few pages of the last memory, each of which has a bit of `which`.
    static constexpr std::array<std::size_t, 7> visited{0, 3, 5, 8, 11, 13, 16};

    void write_pages(std::size_t place, std::size_t which) {
        const auto memory = pool_.view(place).entities.back();
        for (std::size_t bit = 0; bit < visited.size(); ++bit)
            if ((which >> bit & 1U) != 0) write_page(place, memory, visited[bit]);
    }
    /// No others are read, since that takes page faults.
    bool pages_hold(std::size_t place, const contents& holds, std::size_t which) {
        const auto memory = pool_.view(place).entities.back();
        const auto& wanted = holds.entities.back();
        for (std::size_t bit = 0; bit < visited.size(); ++bit) {
            const auto at = visited[bit] * os::page_size;
            if ((which >> bit & 1U) != 0 && at < wanted.size() && memory[at] != wanted[at])
                return false;
        }
        return true;
    }
    void write_each_page(std::size_t place) {
        for (const auto& entity : pool_.view(place).entities)
            for (std::size_t page = 0; page * os::page_size < entity.size(); ++page)
                write_page(place, entity, page);
    }
    void write_page(std::size_t place, std::span<std::byte> entity, std::size_t page) {
        if (page * os::page_size >= entity.size()) return;
        entity[page * os::page_size] = std::byte{0x99};
        pool_.written(place, entity.subspan(page * os::page_size, 1));
    }

    void grow_to_the_end(std::size_t place, std::size_t memory) {
        auto& size = tenants_[place]->sizes[memory];
        const auto most = pool_.layout().memory_bytes() - size;
        if (pool_.grow(place, memory, most)) size += most;
    }

    // Acquiring and releasing.

    void acquire_maybe_refused(std::size_t place) {
        const auto which = pick(random_, 0, starts_.size() - 1);
        if (pick(random_, 0, 4) != 0) return acquire(place, which);
        bool taken = false;
        with_a_failure([&] {
            try {
                taken = pool_.acquire(place, starts_[which].from);
            } catch (const std::system_error&) {
            }
        });
        if (taken) begin(place, which);
    }

    /// Without a failure, acquire succeeds as long as a slot is free: none is lost.
    void acquire(std::size_t place, std::size_t which) {
        const bool exhausted = in_use_ == pool_.layout().slots();
        REQUIRE(pool_.acquire(place, starts_[which].from) != exhausted);
        if (!exhausted) begin(place, which);
    }

    void begin(std::size_t place, std::size_t which) {
        ++in_use_;
        ranges_.insert(pool_.range_of_slot(place).begin);
        slot_bytes_ = pool_.range_of_slot(place).size();
        stamp_ = stamp_ % 250 + 1;
        const auto& holds = starts_[which].holds;
        tenants_[place] = tenant{holds, holds, sizes_of(holds), static_cast<std::byte>(stamp_)};
        check_sizes(place);
        // Not always: what was read is mapped, and a write then takes another path in the kernel.
        if (pick(random_, 0, 1) == 0) compare(place);
    }

    void release_maybe_refused(std::size_t place) {
        if (pick(random_, 0, 4) != 0) return release(place);
        with_a_failure([&] { pool_.release(place); });
        end(place);
    }
    void release(std::size_t place) {
        if (!tenants_[place]->broken) compare(place);
        pool_.release(place);
        end(place);
    }
    void end(std::size_t place) {
        tenants_[place].reset();
        --in_use_;
    }

    std::vector<std::size_t> sizes_of(const contents& holds) const {
        std::vector<std::size_t> sizes;
        for (auto entity = 1 + pool_.layout().tables(); entity < most_.size(); ++entity)
            sizes.push_back(holds.entities[entity].size());
        return sizes;
    }

    // What an instance does, and what is done to it.

    void act(std::size_t place, std::size_t action) {
        switch (action) {
            case 6:
                return reset(place);
            case 7:
                return capture(place);
            case 8:
                return refuse_growth(place);
            case 9:
                return install_guard(place);
            case 10:
                return pool_.leave(place), void(tenants_[place]->left = true);
            case 11:
                return on_another_thread([&] { grow(place); });
            case 12:
                on_another_thread([&] { pool_.in_scope(place, [&] { write(place); }); });
                return;
            case 13:
                on_another_thread([&] { write(place); });
                return pool_.announce_write(place);
            case 14:
                return counted(place, [&] { read_from_pipe(place); });
            case 15:
                return grow(place);
            case 16:
                return compare(place);
            default:
                return counted(place, [&] { write(place); });
        }
    }

    /// On a thread whose accesses count.
    template <class Act>
    void counted(std::size_t place, Act&& act) {
        if (tenants_[place]->left)
            pool_.in_scope(place, act);
        else
            act();
    }

    /// Catch2's assertions are for one thread, so `act` makes none.
    template <class Act>
    static void on_another_thread(Act&& act) {
        std::thread(act).join();
    }

    void write(std::size_t place) {
        writes done;
        auto& [expected, holds, sizes, stamp, left, broken] = *tenants_[place];
        scribble(pool_.view(place), expected, random_, stamp, done);
        for (const auto& bytes : done) pool_.written(place, bytes);
    }

    void write_all(std::size_t place) {
        writes done;
        auto& of = *tenants_[place];
        fill_all(pool_.view(place), of.expected, of.stamp, done);
        for (const auto& bytes : done) pool_.written(place, bytes);
    }

    /// The kernel stores, in a call that this thread makes.
    void read_from_pipe(std::size_t place) {
        const auto view = pool_.view(place);
        const auto entity = pick(random_, 0, view.entities.size() - 1);
        const auto size = view.entities[entity].size();
        if (size == 0) return;
        const auto offset = pick(random_, 0, size - 1);
        const contents::bytes sent(std::min<std::size_t>(size - offset, pick(random_, 1, 9'000)),
                                   tenants_[place]->stamp);
        int ends[2];
        if (::pipe(ends) != 0) return;
        const auto put = ::write(ends[1], sent.data(), sent.size());
        const auto target = view.entities[entity].subspan(offset, sent.size());
        const auto got = ::read(ends[0], target.data(), target.size());
        ::close(ends[0]);
        ::close(ends[1]);
        if (put <= 0 || got <= 0) return;
        auto& wanted = tenants_[place]->expected.at_least(entity, offset + sent.size());
        std::copy(sent.begin(), sent.end(), wanted.begin() + static_cast<std::ptrdiff_t>(offset));
        pool_.written(place, target);
    }

    void grow(std::size_t place) {
        const auto memory = pick(random_, 0, pool_.layout().memories() - 1);
        auto& size = tenants_[place]->sizes[memory];
        const auto most = pool_.layout().memory_bytes() - size;
        const auto bytes = pick(random_, 0, 5) == 0 ? most : pick(random_, 0, most / 4);
        if (pool_.grow(place, memory, bytes)) size += bytes;
    }

    /// The kernel refuses, after it has opened a part; a guest's thread that counts stores there.
    void refuse_growth(std::size_t place) {
        opened_half_way = store_in_between;
        stores_in_between = true;
        counted(place, [&] {
            const failing<os::make_accessible> refused(ENOMEM, 1, 1);
            refused.half_way();
            grow(place);
        });
        stores_in_between = false;
        if (pick(random_, 0, 1) == 0) grow(place);
        check_sizes(place);
    }

    void reset(std::size_t place) {
        auto& of = *tenants_[place];
        const bool fails = pick(random_, 0, 3) == 0;
        bool clean = false;
        if (fails)
            with_a_failure([&] { clean = pool_.reset(place); });
        else
            clean = pool_.reset(place);
        REQUIRE((clean || fails || locked_));
        of.broken = !clean;
        if (!clean) return;
        of.expected = of.holds;
        of.sizes = sizes_of(of.holds);
        of.left = false;
        check_sizes(place);
        if (pick(random_, 0, 1) == 0) compare(place);
    }

    /// Memory may be short for it; the slot stays as it is.
    void capture(std::size_t place) {
        try {
            allocations_left = pick(random_, 0, 2) == 0 ? pick(random_, 1, 40) : 0;
            auto from = pool_.capture(place);
            allocations_left = 0;
            contents holds;
            for (const auto& bytes : pool_.view(place).entities)
                holds.entities.emplace_back(bytes.begin(), bytes.end());
            starts_[pick(random_, 0, 2)] = {std::move(holds), std::move(from)};
        } catch (const std::bad_alloc&) {
        }
        allocations_left = 0;
        compare(place);
    }

    /// Host code makes guards of pages, and says so.
    void install_guard(std::size_t place) {
        if (pool_.protects_pages()) return;
        const auto view = pool_.view(place);
        const auto entity = pick(random_, 0, view.entities.size() - 1);
        const auto& bytes = view.entities[entity];
        // In a memory also where it may grow to.
        const auto room = entity > view.tables ? pool_.layout().memory_bytes() : bytes.size();
        if (room < 2 * os::page_size) return;
        const auto begin = os::round_up_to_page(reinterpret_cast<std::uintptr_t>(bytes.data()));
        const auto page = begin + os::page_size * pick(random_, 0, room / os::page_size - 2);
        if (!os::install_guards{}({page, page + os::page_size})) return;
        pool_.announce_write(place);
        pool_.written(place, {reinterpret_cast<std::byte*>(page), os::page_size});
        tenants_[place]->broken = true;
    }

    // What is done to the pool.

    void switch_images() { starts_[pick(random_, 0, 2)] = random_start(); }

    void populate() {
        if (locked_ || ::mlockall(MCL_CURRENT) != 0) return;
        ::munlockall();
        pool_.announce_population();
    }

    /// Parent and child continue, and neither sees the other.
    void fork() {
        child forked([&]() -> std::string {
            for (std::size_t place = 0; place < tenants_.size(); ++place) {
                if (!tenants_[place]) continue;
                if (!tenants_[place]->broken)
                    if (auto wrong = seen(place); !wrong.empty()) return "in the child: " + wrong;
                pool_.release(place);
            }
            for (const auto& [holds, from] : starts_) {
                if (!pool_.acquire(0, from)) return "a slot is lost in the child";
                if (auto wrong = difference(pool_.view(0), holds); !wrong.empty())
                    return "new in the child: " + wrong;
                for (const auto& entity : pool_.view(0).entities)
                    if (!entity.empty()) {
                        entity.front() = std::byte{0x77};
                        pool_.written(0, entity.first(1));
                    }
                pool_.release(0);
            }
            return {};
        });
        REQUIRE(forked.wait() == "");
    }

    // What must hold.

    std::string seen(std::size_t place) {
        return difference(pool_.view(place), tenants_[place]->expected);
    }
    void compare(std::size_t place) { REQUIRE(seen(place) == ""); }

    void check_sizes(std::size_t place) {
        const auto view = pool_.view(place);
        for (std::size_t memory = 0; memory < tenants_[place]->sizes.size(); ++memory)
            REQUIRE(view.entities[1 + view.tables + memory].size() ==
                    tenants_[place]->sizes[memory]);
    }

    void check_all_free() {
        pool_.recover();
        if (locked_) return;
        std::size_t resident = 0;
        for (const auto begin : ranges_) {
            const os::address_range slot{begin, begin + slot_bytes_};
            // A guard marker, which holds no memory, looks as if it were swapped.
            resident += private_pages(slot) - swapped_pages(slot);
        }
        REQUIRE(resident * os::page_size <= pool_.worst_idle());
    }

    any_pool& pool_;
    random_source& random_;
    const bool locked_;
    std::vector<std::size_t> most_;
    std::vector<start> starts_;
    std::array<std::optional<tenant>, any_pool::places> tenants_;
    std::set<std::uintptr_t> ranges_;  // of the slots that were in use
    std::size_t slot_bytes_ = 0;
    std::size_t in_use_ = 0;
    unsigned stamp_ = 0;
};

}  // namespace

void check_model(any_pool& pool, const std::type_info& composition) {
    const auto seed = Catch::rngSeed();
    INFO(readable(composition) << "\n--rng-seed " << seed << " --steps " << steps);
    random_source random(seed + composition.hash_code());
    const locked_memory locked(pick(random, 0, 2) == 0);
    model checked(pool, random, static_cast<bool>(locked));
    for (std::size_t count = 0; count < steps; ++count) checked.step();
    mood = {};
    checked.finish();
    CHECK(pool.totals().gate_missed_pages == 0);
}

}  // namespace palimpsest::test
