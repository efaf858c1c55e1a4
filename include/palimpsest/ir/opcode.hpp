// SPDX-License-Identifier: Apache-2.0
// The operations, as one table that drives reader, printer, verifier and interpreter: a new
// operation takes one line here and one in semantics/operations.hpp, or in the interpreter if it
// uses memory.
//
// A line has the name, the format (how it is written in text), the types that the operation exists
// for, its operands and results, and its effects. Operands and results are words:
//
//     T            the controlling type: one of the operation's types; where an operand has it, it
//                  need not be written
//     i8 i32 ...   just this type
//     int float    any integer, any floating point type
//     address      i64, or i32 where memory lies low enough
//     narrower wider same_size    of the kind of T, with fewer or more bits; of any kind, with as
//     many
//     ...          any number of more operands, of whatever type
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/type.hpp>
#include <string_view>

namespace palimpsest::ir {

/// How an operation is written in text, which also determines which fields of ir::instruction
/// count.
enum class format : std::uint8_t {
    values,               // op v1, v2
    integer,              // op 10
    float_constant,       // op 0x1.0p0
    value_and_integer,    // op v1, 10
    int_compare,          // op slt v1, v2
    int_compare_integer,  // op slt v1, 10
    float_compare,        // op lt v1, v2
    load,                 // op flags v1+8
    store,                // op flags v1, v2+8
    flags_and_values,     // op flags v1, v2
    atomic_modify,        // op flags add v1, v2
    stack,                // op ss0+8
    stack_store,          // op v1, ss0+8
    global,               // op gv0
    function,             // op fn0
    jump,                 // op block1(v1)
    branch,               // op v1, block1(v2), block2
    branch_table,         // op v1, block1, [block2(v2), block3]
    call,                 // op fn0(v1, v2)
    call_indirect,        // op sig0, v0(v1, v2)
    trap,                 // op user1
    values_and_trap       // op v1, v2, user1
};

/// The effects of an operation besides its results, as bits.
namespace effect {
inline constexpr std::uint8_t none = 0;
inline constexpr std::uint8_t traps = 1U << 0U;  // may not return
inline constexpr std::uint8_t loads = 1U << 1U;
inline constexpr std::uint8_t stores = 1U << 2U;
inline constexpr std::uint8_t calls = 1U << 3U;  // may do all of the above
inline constexpr std::uint8_t ends = 1U << 4U;   // ends its block; only such operations do
inline constexpr std::uint8_t other = 1U << 5U;  // must stay where it is
}  // namespace effect

/// Sets of types, as bits numbered by ir::type.
namespace type_set {
/// The set of one type.
constexpr std::uint8_t of(type one) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(one));
}
inline constexpr std::uint8_t no_type = 0;
inline constexpr std::uint8_t ints = of(type::i8) | of(type::i16) | of(type::i32) | of(type::i64);
inline constexpr std::uint8_t floats = of(type::f32) | of(type::f64);
inline constexpr std::uint8_t any = ints | floats;
inline constexpr std::uint8_t f32s = of(type::f32);
inline constexpr std::uint8_t f64s = of(type::f64);
inline constexpr std::uint8_t addresses = of(type::i32) | of(type::i64);
inline constexpr std::uint8_t above_8 = ints & ~of(type::i8) & 0xff;
inline constexpr std::uint8_t above_16 = of(type::i32) | of(type::i64);
/// Whether a type is in a set.
constexpr bool has(std::uint8_t set, type one) noexcept { return (set & of(one)) != 0; }
}  // namespace type_set

// clang-format off
#define PALIMPSEST_IR_OPCODES(X)                                                                     \
    X(nop,                   values,              no_type,   "",                        other)       \
    X(iconst,                integer,             ints,      "-> T",                    none)        \
    X(f32const,              float_constant,      f32s,      "-> f32",                  none)        \
    X(f64const,              float_constant,      f64s,      "-> f64",                  none)        \
    /* Integers. */                                                                                  \
    X(iadd,                  values,              ints,      "T T -> T",                none)        \
    X(isub,                  values,              ints,      "T T -> T",                none)        \
    X(imul,                  values,              ints,      "T T -> T",                none)        \
    X(ineg,                  values,              ints,      "T -> T",                  none)        \
    X(iabs,                  values,              ints,      "T -> T",                  none)        \
    X(umulhi,                values,              ints,      "T T -> T",                none)        \
    X(smulhi,                values,              ints,      "T T -> T",                none)        \
    X(udiv,                  values,              ints,      "T T -> T",                traps)       \
    X(sdiv,                  values,              ints,      "T T -> T",                traps)       \
    X(urem,                  values,              ints,      "T T -> T",                traps)       \
    X(srem,                  values,              ints,      "T T -> T",                traps)       \
    X(smin,                  values,              ints,      "T T -> T",                none)        \
    X(smax,                  values,              ints,      "T T -> T",                none)        \
    X(umin,                  values,              ints,      "T T -> T",                none)        \
    X(umax,                  values,              ints,      "T T -> T",                none)        \
    X(avg_round,             values,              ints,      "T T -> T",                none)        \
    X(iadd_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(imul_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(irsub_imm,             value_and_integer,   ints,      "T -> T",                  none)        \
    X(udiv_imm,              value_and_integer,   ints,      "T -> T",                  traps)       \
    X(sdiv_imm,              value_and_integer,   ints,      "T -> T",                  traps)       \
    X(urem_imm,              value_and_integer,   ints,      "T -> T",                  traps)       \
    X(srem_imm,              value_and_integer,   ints,      "T -> T",                  traps)       \
    X(uadd_overflow,         values,              ints,      "T T -> T i8",             none)        \
    X(sadd_overflow,         values,              ints,      "T T -> T i8",             none)        \
    X(usub_overflow,         values,              ints,      "T T -> T i8",             none)        \
    X(ssub_overflow,         values,              ints,      "T T -> T i8",             none)        \
    X(umul_overflow,         values,              ints,      "T T -> T i8",             none)        \
    X(smul_overflow,         values,              ints,      "T T -> T i8",             none)        \
    X(uadd_overflow_cin,     values,              ints,      "T T i8 -> T i8",          none)        \
    X(sadd_overflow_cin,     values,              ints,      "T T i8 -> T i8",          none)        \
    X(usub_overflow_bin,     values,              ints,      "T T i8 -> T i8",          none)        \
    X(ssub_overflow_bin,     values,              ints,      "T T i8 -> T i8",          none)        \
    X(uadd_overflow_trap,    values_and_trap,     ints,      "T T -> T",                traps)       \
    X(band,                  values,              any,       "T T -> T",                none)        \
    X(bor,                   values,              any,       "T T -> T",                none)        \
    X(bxor,                  values,              any,       "T T -> T",                none)        \
    X(bnot,                  values,              any,       "T -> T",                  none)        \
    X(band_not,              values,              any,       "T T -> T",                none)        \
    X(bor_not,               values,              any,       "T T -> T",                none)        \
    X(bxor_not,              values,              any,       "T T -> T",                none)        \
    X(band_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(bor_imm,               value_and_integer,   ints,      "T -> T",                  none)        \
    X(bxor_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(bitselect,             values,              any,       "T T T -> T",              none)        \
    X(ishl,                  values,              ints,      "T int -> T",              none)        \
    X(ushr,                  values,              ints,      "T int -> T",              none)        \
    X(sshr,                  values,              ints,      "T int -> T",              none)        \
    X(rotl,                  values,              ints,      "T int -> T",              none)        \
    X(rotr,                  values,              ints,      "T int -> T",              none)        \
    X(ishl_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(ushr_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(sshr_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(rotl_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(rotr_imm,              value_and_integer,   ints,      "T -> T",                  none)        \
    X(clz,                   values,              ints,      "T -> T",                  none)        \
    X(cls,                   values,              ints,      "T -> T",                  none)        \
    X(ctz,                   values,              ints,      "T -> T",                  none)        \
    X(popcnt,                values,              ints,      "T -> T",                  none)        \
    X(bitrev,                values,              ints,      "T -> T",                  none)        \
    X(bswap,                 values,              above_8,   "T -> T",                  none)        \
    X(bmask,                 values,              ints,      "int -> T",                none)        \
    X(icmp,                  int_compare,         ints,      "T T -> i8",               none)        \
    X(icmp_imm,              int_compare_integer, ints,      "T -> i8",                 none)        \
    /* Floating point. */                                                                            \
    X(fadd,                  values,              floats,    "T T -> T",                none)        \
    X(fsub,                  values,              floats,    "T T -> T",                none)        \
    X(fmul,                  values,              floats,    "T T -> T",                none)        \
    X(fdiv,                  values,              floats,    "T T -> T",                none)        \
    X(fma,                   values,              floats,    "T T T -> T",              none)        \
    X(fneg,                  values,              floats,    "T -> T",                  none)        \
    X(fabs,                  values,              floats,    "T -> T",                  none)        \
    X(fcopysign,             values,              floats,    "T T -> T",                none)        \
    X(fmin,                  values,              floats,    "T T -> T",                none)        \
    X(fmax,                  values,              floats,    "T T -> T",                none)        \
    X(sqrt,                  values,              floats,    "T -> T",                  none)        \
    X(ceil,                  values,              floats,    "T -> T",                  none)        \
    X(floor,                 values,              floats,    "T -> T",                  none)        \
    X(trunc,                 values,              floats,    "T -> T",                  none)        \
    X(nearest,               values,              floats,    "T -> T",                  none)        \
    X(fcmp,                  float_compare,       floats,    "T T -> i8",               none)        \
    /* From one type to another. */                                                                  \
    X(uextend,               values,              ints,      "narrower -> T",           none)        \
    X(sextend,               values,              ints,      "narrower -> T",           none)        \
    X(ireduce,               values,              ints,      "wider -> T",              none)        \
    X(fpromote,              values,              floats,    "narrower -> T",           none)        \
    X(fdemote,               values,              floats,    "wider -> T",              none)        \
    X(fcvt_from_uint,        values,              floats,    "int -> T",                none)        \
    X(fcvt_from_sint,        values,              floats,    "int -> T",                none)        \
    X(fcvt_to_uint,          values,              ints,      "float -> T",              traps)       \
    X(fcvt_to_sint,          values,              ints,      "float -> T",              traps)       \
    X(fcvt_to_uint_sat,      values,              ints,      "float -> T",              none)        \
    X(fcvt_to_sint_sat,      values,              ints,      "float -> T",              none)        \
    X(bitcast,               flags_and_values,    any,       "same_size -> T",          none)        \
    /* Of any type. */                                                                               \
    X(select,                values,              any,       "int T T -> T",            none)        \
    X(select_spectre_guard,  values,              any,       "int T T -> T",            other)       \
    /* Memory. */                                                                                    \
    X(load,                  load,                any,       "address -> T",            loads|traps) \
    X(uload8,                load,                above_8,   "address -> T",            loads|traps) \
    X(sload8,                load,                above_8,   "address -> T",            loads|traps) \
    X(uload16,               load,                above_16,  "address -> T",            loads|traps) \
    X(sload16,               load,                above_16,  "address -> T",            loads|traps) \
    X(uload32,               load,                ints,      "address -> i64",          loads|traps) \
    X(sload32,               load,                ints,      "address -> i64",          loads|traps) \
    X(store,                 store,               any,       "T address",               stores|traps)\
    X(istore8,               store,               above_8,   "T address",               stores|traps)\
    X(istore16,              store,               above_16,  "T address",               stores|traps)\
    X(istore32,              store,               ints,      "i64 address",             stores|traps)\
    X(stack_addr,            stack,               addresses, "-> T",                    none)        \
    X(stack_load,            stack,               any,       "-> T",                    loads)       \
    X(stack_store,           stack_store,         any,       "T",                       stores)      \
    X(global_value,          global,              any,       "-> T",                    loads|traps) \
    X(symbol_value,          global,              addresses, "-> T",                    none)        \
    X(func_addr,             function,            addresses, "-> T",                    none)        \
    X(atomic_load,           load,                ints,      "address -> T",            loads|stores|traps)  \
    X(atomic_store,          store,               ints,      "T address",               loads|stores|traps)  \
    X(atomic_rmw,            atomic_modify,       ints,      "address T -> T",          loads|stores|traps)  \
    X(atomic_cas,            flags_and_values,    ints,      "address T T -> T",        loads|stores|traps)  \
    X(fence,                 values,              no_type,   "",                        loads|stores|other)  \
    /* Traps. */                                                                                     \
    X(debugtrap,             values,              no_type,   "",                        other)       \
    X(trapz,                 values_and_trap,     ints,      "T",                       traps)       \
    X(trapnz,                values_and_trap,     ints,      "T",                       traps)       \
    X(trap,                  trap,                no_type,   "",                        traps|ends)  \
    /* Calls. */                                                                                     \
    X(call,                  call,                no_type,   "...",                     calls)       \
    X(call_indirect,         call_indirect,       addresses, "T ...",                   calls)       \
    X(return_call,           call,                no_type,   "...",                     calls|ends)  \
    X(return_call_indirect,  call_indirect,       addresses, "T ...",                   calls|ends)  \
    /* Where to go on. */                                                                            \
    X(jump,                  jump,                no_type,   "",                        ends)        \
    X(brif,                  branch,              ints,      "T",                       ends)        \
    X(br_table,              branch_table,        no_type,   "i32",                     ends)        \
    X(return_,               values,              no_type,   "...",                     ends)
// clang-format on

/// An operation, named as in text; `return` is return_ here.
enum class opcode : std::uint8_t {
#define PALIMPSEST_IR_ENUMERATOR(name, format, types, values, effects) name,
    PALIMPSEST_IR_OPCODES(PALIMPSEST_IR_ENUMERATOR)
#undef PALIMPSEST_IR_ENUMERATOR
};

/// The types that an operand or a result may have.
enum class constraint : std::uint8_t {
    same,
    i8,
    i32,
    i64,
    f32,
    f64,
    integer,
    floating,
    address,
    narrower,
    wider,
    same_size
};

/// A row of the table of operations.
struct opcode_description {
    std::string_view name;
    format shape{};
    std::uint8_t types = 0;  // a type_set; empty: no controlling type
    std::uint8_t effects = 0;
    std::uint8_t operand_count = 0;
    std::uint8_t result_count = 0;
    bool any_more_operands = false;
    /// Whether operands or results depend on the controlling type.
    bool has_controlling_type = false;
    /// The operand that determines the controlling type; -1 if it must be written.
    std::int8_t telling_operand = -1;
    std::array<constraint, 3> operands{};
    std::array<constraint, 2> results{};
};

namespace detail {

/// Finds a constraint by the letters that tell it from the others. Compilers evaluate this for each
/// word of the table in each file that includes it, so it does not compare strings.
consteval constraint constraint_at(const char* word) {
    switch (word[0]) {
        case 'T':
            return constraint::same;
        case 'a':
            return constraint::address;
        case 'n':
            return constraint::narrower;
        case 'w':
            return constraint::wider;
        case 's':
            return constraint::same_size;
        case 'i':
            if (word[1] == '8') return constraint::i8;
            if (word[1] == '3') return constraint::i32;
            if (word[1] == '6') return constraint::i64;
            if (word[1] == 'n') return constraint::integer;
            break;
        case 'f':
            if (word[1] == '3') return constraint::f32;
            if (word[1] == '6') return constraint::f64;
            if (word[1] == 'l') return constraint::floating;
            break;
        default:
            break;
    }
    throw "a word that is no constraint";
}

constexpr bool depends_on_type(constraint is) noexcept {
    return is == constraint::same || is >= constraint::narrower;
}

consteval opcode_description describe(std::string_view name, format shape, std::uint8_t types,
                                      const char* values, std::uint8_t effects) {
    opcode_description made;
    made.name = name.back() == '_' ? name.substr(0, name.size() - 1) : name;
    made.shape = shape;
    made.types = types;
    made.effects = effects;
    bool results = false;
    for (const char* word = values; *word != 0;) {
        if (*word == '-') {
            results = true;
        } else if (*word == '.') {
            made.any_more_operands = true;
        } else {
            const auto is = constraint_at(word);
            made.has_controlling_type |= depends_on_type(is);
            if (results) {
                made.results[made.result_count++] = is;
            } else {
                if (is == constraint::same && made.telling_operand < 0)
                    made.telling_operand = static_cast<std::int8_t>(made.operand_count);
                made.operands[made.operand_count++] = is;
            }
        }
        while (*word != ' ' && *word != 0) ++word;
        if (*word == ' ') ++word;
    }
    return made;
}

}  // namespace detail

inline constexpr std::array opcode_descriptions = [] {
    using namespace effect;
    using namespace type_set;
    return std::array{
#define PALIMPSEST_IR_DESCRIPTION(name, shape, types, values, effects)                             \
    detail::describe({#name, sizeof #name - 1}, format::shape, types, values, effects),
        PALIMPSEST_IR_OPCODES(PALIMPSEST_IR_DESCRIPTION)
#undef PALIMPSEST_IR_DESCRIPTION
    };
}();

#undef PALIMPSEST_IR_OPCODES

/// The description of an operation. Takes constant time.
constexpr const opcode_description& describe(opcode of) noexcept {
    return opcode_descriptions[static_cast<std::size_t>(of)];
}
/// The name of an operation in text, such as "iadd".
constexpr std::string_view name(opcode of) noexcept { return describe(of).name; }
/// Whether an operation has at least one of these effects, which are bits of `effect`.
constexpr bool has_effect(opcode of, std::uint8_t effects) noexcept {
    return (describe(of).effects & effects) != 0;
}
/// Whether an operation is the last of its block: a branch, a return, a tail call or a trap.
constexpr bool ends_block(opcode of) noexcept { return has_effect(of, effect::ends); }
/// Whether an operation is a constant: its result is its immediate.
constexpr bool is_constant(opcode of) noexcept {
    return of == opcode::iconst || of == opcode::f32const || of == opcode::f64const;
}

/// The operation of this name; nothing if there is none. Compares with some 130 names.
constexpr std::optional<opcode> opcode_named(std::string_view text) noexcept {
    for (std::size_t place = 0; place < opcode_descriptions.size(); ++place)
        if (opcode_descriptions[place].name == text) return static_cast<opcode>(place);
    return std::nullopt;
}

namespace detail {
inline constexpr std::array<type, 12> only_types{type::none, type::i8,  type::i32, type::i64,
                                                 type::f32,  type::f64, type::none};
}  // namespace detail

/// The only type that a constraint allows; `none` if it allows several.
constexpr type only_type(constraint is, type controlling) noexcept {
    return is == constraint::same ? controlling : detail::only_types[static_cast<std::size_t>(is)];
}

/// Whether an operand may be of a type, if the operation has this controlling type.
constexpr bool allows(constraint is, type controlling, type operand) noexcept {
    if (const auto only = only_type(is, controlling); only != type::none) return operand == only;
    const bool alike = is_integer(operand) == is_integer(controlling);
    switch (is) {
        case constraint::integer:
            return is_integer(operand);
        case constraint::floating:
            return is_float(operand);
        case constraint::address:
            return operand == type::i64 || operand == type::i32;
        case constraint::narrower:
            return alike && bits(operand) < bits(controlling);
        case constraint::wider:
            return alike && bits(operand) > bits(controlling);
        case constraint::same_size:
            return bits(operand) == bits(controlling);
        default:
            return false;
    }
}

namespace detail {
inline constexpr std::array<std::string_view, 12> constraint_names{"the controlling type",
                                                                   "i8",
                                                                   "i32",
                                                                   "i64",
                                                                   "f32",
                                                                   "f64",
                                                                   "an integer",
                                                                   "a float",
                                                                   "an address",
                                                                   "a narrower type",
                                                                   "a wider type",
                                                                   "a type of the same size"};
}  // namespace detail

/// A constraint in words, for messages.
constexpr std::string_view name(constraint is) noexcept {
    return detail::constraint_names[static_cast<std::size_t>(is)];
}

}  // namespace palimpsest::ir
