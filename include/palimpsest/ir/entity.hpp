// SPDX-License-Identifier: Apache-2.0
// What a function consists of, as dense indices into its tables: cheap to copy, to compare and to
// remap, and of a type of their own each.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace palimpsest::ir {

/// `Kind` has a `prefix`, which stands before the number in text. Default: no entity.
template <class Kind>
class entity {
  public:
    using kind = Kind;

    constexpr entity() noexcept = default;
    constexpr explicit entity(std::size_t index) noexcept
        : index_(static_cast<std::uint32_t>(index)) {}

    constexpr std::size_t index() const noexcept { return index_; }
    constexpr explicit operator bool() const noexcept { return index_ != nothing; }

    friend constexpr auto operator<=>(entity, entity) noexcept = default;

  private:
    static constexpr auto nothing = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t index_ = nothing;
};

namespace kind {
struct value {
    static constexpr const char* prefix = "v";
};
struct block {
    static constexpr const char* prefix = "block";
};
struct instruction {
    static constexpr const char* prefix = "inst";
};
struct signature {
    static constexpr const char* prefix = "sig";
};
struct function {
    static constexpr const char* prefix = "fn";
};
struct stack_slot {
    static constexpr const char* prefix = "ss";
};
struct global_ref {
    static constexpr const char* prefix = "gv";
};
struct alias_region {
    static constexpr const char* prefix = "region";
};
}  // namespace kind

using value = entity<kind::value>;
using block = entity<kind::block>;
using inst = entity<kind::instruction>;
using signature_ref = entity<kind::signature>;
/// A function that a function refers to.
using function_ref = entity<kind::function>;
using stack_slot = entity<kind::stack_slot>;
using global_ref = entity<kind::global_ref>;
/// Memory that no access of another region touches.
using alias_region = entity<kind::alias_region>;

/// A table of `Data`, one for each entity.
template <class Entity, class Data>
class entity_table {
  public:
    Entity add(Data data) {
        rows_.push_back(std::move(data));
        return Entity(rows_.size() - 1);
    }
    /// The entity of the next `add`.
    Entity next() const noexcept { return Entity(rows_.size()); }

    Data& operator[](Entity of) noexcept { return rows_[of.index()]; }
    const Data& operator[](Entity of) const noexcept { return rows_[of.index()]; }
    bool has(Entity of) const noexcept { return of.index() < rows_.size(); }

    std::size_t size() const noexcept { return rows_.size(); }
    bool empty() const noexcept { return rows_.empty(); }
    void reserve(std::size_t count) { rows_.reserve(count); }
    void resize(std::size_t count) { rows_.resize(count); }

    auto begin() noexcept { return rows_.begin(); }
    auto end() noexcept { return rows_.end(); }
    auto begin() const noexcept { return rows_.begin(); }
    auto end() const noexcept { return rows_.end(); }

    friend bool operator==(const entity_table&, const entity_table&) = default;

  private:
    std::vector<Data> rows_;
};

}  // namespace palimpsest::ir
