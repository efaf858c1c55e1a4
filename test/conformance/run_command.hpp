// SPDX-License-Identifier: Apache-2.0
// The lines after a function that say what it returns: run: %f(1, 2) == 3
#pragma once

#include <palimpsest/ir/data_value.hpp>
#include <palimpsest/ir/signature.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::test {

struct run_command {
    enum class comparison { equal, different, not_zero, print };

    std::string function;
    std::vector<std::string> arguments;  // as written: their types are the function's
    comparison is = comparison::not_zero;
    std::vector<std::string> expected;
};

class run_command_reader {
  public:
    explicit run_command_reader(std::string_view text) : in_(text) {}

    /// `alone` is the function before the command, which is called if none is named. Throws
    /// ir::text::error.
    run_command read(const std::string& alone) {
        run_command made;
        made.function = alone;
        const auto word = in_.take_word("'run' or 'print'");
        if (word == "print") made.is = run_command::comparison::print;
        if (!in_.take_if(":") || in_.peek().is == ir::text::token::kind::end) return made;
        made.function = in_.take_name("the name of a function");
        in_.expect("(");
        made.arguments = read_numbers(")");
        if (in_.take_if("=")) {
            in_.expect("=");
            made.is = run_command::comparison::equal;
        } else if (in_.take_if("!")) {
            in_.expect("=");
            made.is = run_command::comparison::different;
        } else {
            return made;
        }
        if (in_.take_if("["))
            made.expected = read_numbers("]");
        else
            made.expected.emplace_back(in_.take_number("a number"));
        return made;
    }

  private:
    std::vector<std::string> read_numbers(std::string_view closing) {
        std::vector<std::string> made;
        if (in_.take_if(closing)) return made;
        do made.emplace_back(in_.take_number("a number"));
        while (in_.take_if(","));
        in_.expect(closing);
        return made;
    }

    ir::text::token_stream in_;
};

/// The numbers as values of the types. Throws std::invalid_argument.
inline std::vector<ir::data_value> values_of(const std::vector<std::string>& numbers,
                                             const palimpsest::light_vector<ir::parameter>& types) {
    if (numbers.size() != types.size())
        throw std::invalid_argument(std::to_string(numbers.size()) + " numbers for " +
                                    std::to_string(types.size()) + " values");
    std::vector<ir::data_value> made;
    for (std::size_t index = 0; index < numbers.size(); ++index) {
        const auto as = types[index].type;
        const auto bits = ir::is_float(as) ? ir::text::read_float(numbers[index], as)
                                           : ir::text::read_integer(numbers[index], as);
        if (!bits)
            throw std::invalid_argument(numbers[index] + " is no number of type " +
                                        std::string(ir::name(as)));
        made.push_back({as, *bits});
    }
    return made;
}

inline std::string text_of(const std::vector<ir::data_value>& values) {
    std::string made;
    for (const auto& one : values) {
        if (!made.empty()) made += ", ";
        made += ir::is_float(one.type) ? ir::text::write_float(one.bits, one.type)
                                       : ir::text::write_integer(one.bits, one.type);
    }
    return made;
}

}  // namespace palimpsest::test
