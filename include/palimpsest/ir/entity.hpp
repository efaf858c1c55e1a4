// SPDX-License-Identifier: Apache-2.0
// The parts of a function as dense indices into its tables: cheap to copy, to compare and to remap,
// each kind with its own type.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::ir {

/// A part of a function, as a 32-bit index into one of its tables. A default-constructed one is no
/// entity, and false. `Kind` tells entities of different tables apart, and has the `prefix` that
/// precedes the number in text.
template <class Kind>
class entity {
  public:
    using kind = Kind;

    constexpr entity() noexcept = default;
    constexpr explicit entity(std::size_t index) noexcept
        : index_(static_cast<std::uint32_t>(index)) {}

    /// The index in the table.
    constexpr std::size_t index() const noexcept { return index_; }
    constexpr explicit operator bool() const noexcept { return index_ != nothing; }

    friend constexpr auto operator<=>(entity, entity) noexcept = default;

  private:
    static constexpr auto nothing = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t index_ = nothing;
};

namespace kind {
/// The kind of ir::value: v0 in text.
struct value {
    static constexpr const char* prefix = "v";
};
/// The kind of ir::block: block0 in text.
struct block {
    static constexpr const char* prefix = "block";
};
/// The kind of ir::inst. Text does not number instructions.
struct instruction {
    static constexpr const char* prefix = "inst";
};
/// The kind of ir::signature_ref: sig0 in text.
struct signature {
    static constexpr const char* prefix = "sig";
};
/// The kind of ir::function_ref: fn0 in text.
struct function {
    static constexpr const char* prefix = "fn";
};
/// The kind of ir::stack_slot: ss0 in text.
struct stack_slot {
    static constexpr const char* prefix = "ss";
};
/// The kind of ir::global_ref: gv0 in text.
struct global_ref {
    static constexpr const char* prefix = "gv";
};
/// The kind of ir::alias_region: region0 in text.
struct alias_region {
    static constexpr const char* prefix = "region";
};
}  // namespace kind

/// A value: the result of an instruction, a parameter of a block, or an alias of a value.
using value = entity<kind::value>;
/// A block of instructions that are executed one after the other.
using block = entity<kind::block>;
/// An instruction of a function; its data are an ir::instruction.
using inst = entity<kind::instruction>;
/// A signature that a function declares, for its calls.
using signature_ref = entity<kind::signature>;
/// A function that a function refers to.
using function_ref = entity<kind::function>;
/// Memory in a function's stack frame.
using stack_slot = entity<kind::stack_slot>;
/// An address or a value that is known when the function runs: see global_data.
using global_ref = entity<kind::global_ref>;
/// Memory that no access to another region touches.
using alias_region = entity<kind::alias_region>;

/// A table with a row of `Data` for each entity of one kind. Looking up takes constant time, and
/// does not check that the entity exists: ask has().
template <class Entity, class Data>
class entity_table {
  public:
    /// Adds a row, and returns the entity for it.
    Entity add(Data data) {
        rows_.push_back(std::move(data));
        return Entity(rows_.size() - 1);
    }
    /// The entity that the next `add` returns.
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
    light_vector<Data> rows_;
};

}  // namespace palimpsest::ir
