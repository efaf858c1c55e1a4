// SPDX-License-Identifier: Apache-2.0
// The types of what WebAssembly modules import and export, and when an export satisfies an import.
// Source: the WebAssembly specification 2.0, chapter "Validation", "Import Subtyping".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/light_vector.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace palimpsest::linking {

/// The type of a WebAssembly value.
enum class value_type : std::uint8_t { i32, i64, f32, f64, funcref, externref };

/// The kinds of entities that can be imported and exported.
enum class entity_kind : std::uint8_t { function, memory, table, global };

/// How large a new memory or table is, and how far it may grow. Memories count pages of 64 KiB,
/// tables elements.
struct size_limits {
    static constexpr std::uint64_t no_maximum = ~std::uint64_t{0};

    std::uint64_t minimum = 0;
    std::uint64_t maximum = no_maximum;  // then the embedder sets the limit

    friend bool operator==(const size_limits&, const size_limits&) = default;
};

/// The type of a WebAssembly function, memory, table or global; made by the function of that name.
/// It is one struct and not a std::variant, which would add a sixth to the compile time of code
/// that links modules. A function from CLIF has no wasm type: linking then compares the types of
/// the IR alone.
struct entity_type {
    entity_kind kind = entity_kind::function;
    bool has_signature = false;  // of a function: it has a wasm type, the next two
    light_vector<value_type> parameters{};
    light_vector<value_type> results{};
    size_limits size{};                  // of a memory or table
    value_type value = value_type::i32;  // of a table's element, or of a global
    bool is_mutable = false;             // of a global

    /// A function without a wasm type.
    static entity_type function() { return {}; }
    static entity_type function(light_vector<value_type> parameters,
                                light_vector<value_type> results) {
        entity_type made;
        made.has_signature = true;
        made.parameters = std::move(parameters);
        made.results = std::move(results);
        return made;
    }
    static entity_type memory(size_limits pages) { return of(entity_kind::memory, pages); }
    static entity_type table(value_type element, size_limits elements) {
        return of(entity_kind::table, elements, element);
    }
    static entity_type global(value_type value, bool is_mutable) {
        return of(entity_kind::global, {}, value, is_mutable);
    }

    friend bool operator==(const entity_type&, const entity_type&) = default;

  private:
    static entity_type of(entity_kind kind, size_limits size, value_type value = value_type::i32,
                          bool is_mutable = false) {
        entity_type made;
        made.kind = kind;
        made.size = size;
        made.value = value;
        made.is_mutable = is_mutable;
        return made;
    }
};

/// The name of a kind, such as "memory".
constexpr std::string_view name(entity_kind of) noexcept {
    constexpr std::array<std::string_view, 4> names{"function", "memory", "table", "global"};
    return names[static_cast<std::size_t>(of)];
}

/// The name of a value type, such as "i32".
constexpr std::string_view name(value_type of) noexcept {
    constexpr std::array<std::string_view, 6> names{"i32", "i64",     "f32",
                                                    "f64", "funcref", "externref"};
    return names[static_cast<std::size_t>(of)];
}

/// Whether `exported` could satisfy `imported` with other limits: for a memory or table that is
/// known only by the type that another import asks of it.
template <class = void>
bool may_satisfy(const entity_type& exported, const entity_type& imported) noexcept {
    if (exported.kind != imported.kind) return false;
    if (exported.has_signature && imported.has_signature)
        return exported.parameters == imported.parameters && exported.results == imported.results;
    return exported.value == imported.value && exported.is_mutable == imported.is_mutable;
}

/// Whether an entity of type `exported` may be imported as `imported`: a memory or table if its
/// limits are within those of the import, anything else if the types are the same. A function
/// without a wasm type satisfies any. `exported.size.minimum` is the size that the entity has when
/// it is imported.
template <class = void>
bool satisfies(const entity_type& exported, const entity_type& imported) noexcept {
    return may_satisfy<>(exported, imported) && exported.size.minimum >= imported.size.minimum &&
           exported.size.maximum <= imported.size.maximum;
}

namespace detail {

template <class = void>
[[gnu::cold]] void append(std::string& to, const light_vector<value_type>& all) {
    to += '(';
    for (const auto& one : all) to.append(&one == all.begin() ? "" : ", ").append(name(one));
    to += ')';
}
template <class = void>
[[gnu::cold]] std::string text(const size_limits& of) {
    auto made = palimpsest::detail::concatenate({of.minimum, ".."});
    if (of.maximum != size_limits::no_maximum)
        made += palimpsest::detail::concatenate({of.maximum});
    return made;
}

}  // namespace detail

/// The type as text, such as "a memory of 1..16 pages" or "a function (i32, i64) -> (f32)", for
/// messages.
template <class = void>
[[gnu::cold]] std::string text(const entity_type& of) {
    using palimpsest::detail::concatenate;
    if (of.kind == entity_kind::memory)
        return concatenate({"a memory of ", detail::text<>(of.size), " pages"});
    if (of.kind == entity_kind::table)
        return concatenate(
            {"a table of ", detail::text<>(of.size), " elements of ", name(of.value)});
    if (of.kind == entity_kind::global)
        return concatenate(
            {of.is_mutable ? "a mutable global of " : "a constant global of ", name(of.value)});
    std::string made = "a function";
    if (!of.has_signature) return made;
    made += ' ';
    detail::append<>(made, of.parameters);
    made += " -> ";
    detail::append<>(made, of.results);
    return made;
}

}  // namespace palimpsest::linking
