// SPDX-License-Identifier: Apache-2.0
// The types of an instruction and of its results, from the table of operations and the signatures
// of calls. Allocates no memory.
#pragma once

#include <cstddef>
#include <palimpsest/ir/function.hpp>
#include <span>

namespace palimpsest::ir::semantics {

/// The controlling type of an operation, as determined by its operands. It is `none` if it has to
/// be written, or if the operand that determines it is not defined yet.
template <class = void>
inline type told_type(const function& in, opcode code, std::span<const value> operands) noexcept {
    const auto place = describe(code).telling_operand;
    if (place < 0 || static_cast<std::size_t>(place) >= operands.size()) return type::none;
    const auto teller = operands[static_cast<std::size_t>(place)];
    return teller.index() < in.value_count() ? in.type_of(teller) : type::none;
}

/// Whether the signature, function, stack slot or global that an instruction names is declared.
template <class = void>
[[gnu::noinline]] bool has_valid_reference(const function& in, const instruction& of) noexcept {
    switch (describe(of.code).shape) {
        case format::stack:
        case format::stack_store:
            return in.stack_slots.has(of.as<stack_slot>());
        case format::global:
            return in.globals.has(of.as<global_ref>());
        case format::function:
        case format::call:
            return in.functions.has(of.as<function_ref>()) &&
                   in.signatures.has(in.functions[of.as<function_ref>()].signature);
        case format::call_indirect:
            return in.signatures.has(of.as<signature_ref>());
        default:
            return true;
    }
}

/// The signature that a call names, through its callee or directly; null if the instruction is not
/// a call. The function or signature that it names must be declared.
template <class = void>
[[gnu::noinline]] const signature* called_signature(const function& in,
                                                    const instruction& of) noexcept {
    switch (describe(of.code).shape) {
        case format::call:
            return &in.signatures[in.functions[of.as<function_ref>()].signature];
        case format::call_indirect:
            return &in.signatures[of.as<signature_ref>()];
        default:
            return nullptr;
    }
}

/// The types of an instruction's results, as a list. The function or signature that it names must
/// be declared; function and instruction must outlive this. A tail call has no results of its own.
template <class = void>
class basic_result_types {
  public:
    basic_result_types(const function& in, const instruction& of) noexcept
        : is_(describe(of.code)),
          called_(ends_block(of.code) ? nullptr : called_signature(in, of)),
          controlling_(of.type) {}

    std::size_t size() const noexcept {
        return called_ != nullptr ? called_->results.size() : is_.result_count;
    }
    type operator[](std::size_t place) const noexcept {
        return called_ != nullptr ? called_->results[place].type
                                  : only_type(is_.results[place], controlling_);
    }

  private:
    const opcode_description& is_;
    const signature* called_;
    type controlling_;
};
using result_types = basic_result_types<>;

}  // namespace palimpsest::ir::semantics
