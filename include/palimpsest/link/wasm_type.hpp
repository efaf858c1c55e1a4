// SPDX-License-Identifier: Apache-2.0
// The types of what WebAssembly modules import and export, and when an export satisfies an import.
// Source: the WebAssembly specification 2.0, chapter "Validation", "Import Subtyping".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace palimpsest::linking {

/// The type of a WebAssembly value.
enum class value_type : std::uint8_t { i32, i64, f32, f64, funcref, externref };

/// The type of a WebAssembly function.
struct function_type {
    std::vector<value_type> parameters{};
    std::vector<value_type> results{};

    friend bool operator==(const function_type&, const function_type&) = default;
};

/// How large a memory or a table is when it is new, and how far it may grow; without a maximum, as
/// far as the embedder lets it. Memories count pages of 64 KiB, tables elements.
struct size_limits {
    std::uint64_t minimum = 0;
    std::optional<std::uint64_t> maximum{};

    friend bool operator==(const size_limits&, const size_limits&) = default;
};

/// The type of a WebAssembly memory.
struct memory_type {
    size_limits pages{};

    friend bool operator==(const memory_type&, const memory_type&) = default;
};

/// The type of a WebAssembly table.
struct table_type {
    value_type element = value_type::funcref;
    size_limits elements{};

    friend bool operator==(const table_type&, const table_type&) = default;
};

/// The type of a WebAssembly global.
struct global_type {
    value_type value = value_type::i32;
    bool is_mutable = false;

    friend bool operator==(const global_type&, const global_type&) = default;
};

/// The type of an entity that is no function: a memory, a table or a global.
using entity_type = std::variant<memory_type, table_type, global_type>;

/// The kinds of what can be imported and exported. The kind of an entity_type is its index and one.
enum class entity_kind : std::uint8_t { function, memory, table, global };

/// The kind of a memory, a table or a global.
inline entity_kind kind_of(const entity_type& of) noexcept {
    return static_cast<entity_kind>(of.index() + 1);
}

/// The name of a kind, such as "memory".
constexpr std::string_view name(entity_kind of) noexcept {
    constexpr std::string_view names[] = {"function", "memory", "table", "global"};
    return names[static_cast<std::size_t>(of)];
}

/// The name of a value's type, such as "i32".
constexpr std::string_view name(value_type of) noexcept {
    constexpr std::string_view names[] = {"i32", "i64", "f32", "f64", "funcref", "externref"};
    return names[static_cast<std::size_t>(of)];
}

/// Whether sizes within `exported` are within `imported`.
constexpr bool satisfies(const size_limits& exported, const size_limits& imported) noexcept {
    return exported.minimum >= imported.minimum &&
           (!imported.maximum || (exported.maximum && *exported.maximum <= *imported.maximum));
}

/// Whether an entity of the type `exported` may be imported as `imported`: a memory or table when
/// its limits are within those of the import, a global when types and mutability are the same.
/// `exported.minimum` is the size that the entity has when it is imported.
inline bool satisfies(const entity_type& exported, const entity_type& imported) noexcept {
    if (exported.index() != imported.index()) return false;
    if (const auto* memory = std::get_if<memory_type>(&exported))
        return satisfies(memory->pages, std::get_if<memory_type>(&imported)->pages);
    if (const auto* table = std::get_if<table_type>(&exported)) {
        const auto& as = *std::get_if<table_type>(&imported);
        return table->element == as.element && satisfies(table->elements, as.elements);
    }
    return exported == imported;
}

/// The type as text, such as "(i32, i64) -> f32", for messages.
template <class = void>
[[gnu::cold]] inline std::string text(const function_type& of) {
    const auto append = [](std::string& to, const std::vector<value_type>& all) {
        for (std::size_t index = 0; index < all.size(); ++index)
            to.append(index == 0 ? "" : ", ").append(name(all[index]));
    };
    std::string made = "(";
    append(made, of.parameters);
    made += ")";
    if (of.results.empty()) return made;
    made += of.results.size() == 1 ? " -> " : " -> (";
    append(made, of.results);
    if (of.results.size() != 1) made += ")";
    return made;
}

/// The limits as text, such as "1..16" or "1..".
template <class = void>
[[gnu::cold]] inline std::string text(const size_limits& of) {
    auto made = palimpsest::detail::concatenate({of.minimum, ".."});
    if (of.maximum) made += std::to_string(*of.maximum);
    return made;
}

/// The type as text, such as "a memory of 1..16 pages", for messages.
template <class = void>
[[gnu::cold]] inline std::string text(const entity_type& of) {
    using palimpsest::detail::concatenate;
    if (const auto* memory = std::get_if<memory_type>(&of))
        return concatenate({"a memory of ", text<>(memory->pages), " pages"});
    if (const auto* table = std::get_if<table_type>(&of))
        return concatenate(
            {"a table of ", text<>(table->elements), " elements of ", name(table->element)});
    const auto& global = *std::get_if<global_type>(&of);
    return concatenate(
        {global.is_mutable ? "a mutable global of " : "a constant global of ", name(global.value)});
}

}  // namespace palimpsest::linking
