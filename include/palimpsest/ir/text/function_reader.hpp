// SPDX-License-Identifier: Apache-2.0
// Reads one function, from the word `function` to its closing brace.
#pragma once

#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/declaration_reader.hpp>
#include <palimpsest/ir/text/definitions.hpp>
#include <palimpsest/ir/text/instruction_reader.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/term_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>

namespace palimpsest::ir::text {

/// Reads one function from tokens, once, into an empty one. read_function() and read_module() are
/// the short forms.
template <class = void>
class basic_function_reader {
  public:
    basic_function_reader(token_stream& tokens, function& into) noexcept
        : in_(tokens),
          made_(into),
          terms_(tokens, numbers_),
          declarations_(tokens, numbers_, into),
          values_(tokens, numbers_, into),
          instructions_(tokens, numbers_, into, declarations_, values_) {}
    basic_function_reader(const basic_function_reader&) = delete;
    basic_function_reader& operator=(const basic_function_reader&) = delete;
    [[gnu::noinline]] ~basic_function_reader() = default;

    /// Reads the function to its closing brace. Throws text::error.
    void read() {
        in_.expect("function");
        terms_.read_function_name("the function's name, such as %name", made_.name);
        terms_.read_signature(made_.signature);
        in_.expect("{");
        has_begun_ = true;
        numbers_.begin(in_.bytes_to_brace());
        while (declarations_.read()) {
        }
        declarations_.require_all();
        while (!(in_.peek() == "}")) read_block();
        in_.take();
        values_.require_all();
    }

    /// Whether the opening brace of the body has been read.
    bool has_begun() const noexcept { return has_begun_; }

  private:
    /// block0(v0: i32, v1: i64) cold:
    void read_block() {
        const auto here = values_.read_new_block();
        if (in_.take_if("(") && !in_.take_if(")")) {
            do read_parameter(here);
            while (in_.take_if(","));
            in_.expect(")");
        }
        if (in_.take_if("cold")) made_.set_cold(here);
        in_.expect(":");
        while (!(in_.peek() == "}") && !in_.numbered("block")) instructions_.read(here);
    }
    void read_parameter(block of) {
        const auto named = values_.read_name();
        terms_.refuse_fact();
        in_.expect(":");
        const auto as = terms_.read_type();
        made_.adopt_parameter(of, values_.new_value(named), as);
    }

    token_stream& in_;
    function& made_;
    function_numbering numbers_;
    term_reader terms_;
    declaration_reader declarations_;
    definitions values_;
    instruction_reader instructions_;
    bool has_begun_ = false;
};
using function_reader = basic_function_reader<>;

}  // namespace palimpsest::ir::text
