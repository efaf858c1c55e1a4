// SPDX-License-Identifier: Apache-2.0
// Reads modules from text, and files of test cases in the same format.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/error.hpp>
#include <palimpsest/ir/text/function_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::ir::text {

/// A comment, without its semicolon, and where it begins.
struct comment {
    std::string text;
    location where;
};

/// A function of a file of test cases, with the comments after it.
struct file_item {
    std::optional<ir::function> function;
    std::string lacking;  // why there is no function: the unsupported feature
    std::string name;
    location where;
    std::vector<comment> comments;
};

/// The content of a file of test cases.
struct file {
    std::vector<std::string> commands;  // the lines before the first function: test, target, set
    std::vector<comment> comments;      // before the first function
    std::vector<file_item> items;
};

/// Reads a file of test cases, once. read_file() is the short form. The text must outlive it.
template <class = void>
class basic_file_reader {
  public:
    explicit basic_file_reader(std::string_view text) : text_(text), in_(text) {}

    /// Reads the whole file. Throws text::error. A function that needs an unsupported feature is
    /// not an error: its item says so.
    file read() {
        file made;
        while (in_.peek().is != token::kind::end && !(in_.peek() == "function"))
            made.commands.push_back(read_command());
        made.comments = read_comments();
        while (in_.peek().is != token::kind::end) {
            if (!(in_.peek() == "function")) in_.fail({"'function'"});
            made.items.push_back(read_item());
        }
        return made;
    }

  private:
    /// The rest of the line, verbatim.
    std::string read_command() {
        const auto begin = static_cast<std::size_t>(in_.peek().text.data() - text_.data());
        const auto line = in_.where().line;
        while (in_.peek().is != token::kind::end && in_.where().line == line) in_.take();
        const auto rest = text_.substr(begin);
        auto command = rest.substr(0, rest.find_first_of(";\n"));
        while (!command.empty() && (command.back() == ' ' || command.back() == '\r'))
            command.remove_suffix(1);
        return std::string(command);
    }

    file_item read_item() {
        file_item made;
        made.where = in_.where();
        auto& into = made.function.emplace();
        function_reader reader(in_, into);
        try {
            reader.read();
            made.name = into.name;
        } catch (const unsupported& lacks) {
            made.lacking = lacks.what();
            skip_function(reader.has_begun());
            made.name = into.name;  // empty when it could not be read either
            made.function.reset();
        }
        made.comments = read_comments();
        return made;
    }
    /// Skips a function to its closing brace. Unsupported declarations may have braces too.
    void skip_function(bool has_begun) {
        for (int open = has_begun ? 1 : 0; in_.peek().is != token::kind::end;) {
            const auto one = in_.take();
            if (one == "{") ++open;
            if (one == "}" && --open <= 0) return;
        }
    }

    std::vector<comment> read_comments() {
        std::vector<comment> made;
        for (const auto& one : in_.take_comments())
            made.push_back({std::string(one.text), one.where});
        return made;
    }
    std::string_view text_;
    token_stream in_;
};
using file_reader = basic_file_reader<>;

/// Reads a file of test cases: commands, functions, and the comments after each. Throws
/// text::error, which says where and what was expected. For a module alone, use read_module().
template <class = void>
file read_file(std::string_view text) {
    return file_reader(text).read();
}

namespace detail {
/// Skips the lines that a file of test cases begins with.
template <class = void>
inline void skip_commands(token_stream& in) {
    const auto is_command = [&] {
        return in.peek() == "test" || in.peek() == "target" || in.peek() == "set" ||
               in.peek() == "feature";
    };
    while (is_command()) {
        const auto line = in.where().line;
        while (in.peek().is != token::kind::end && in.where().line == line) in.take();
    }
}
}  // namespace detail

/// Reads the functions of a module. The text may have comments, and may begin with the command
/// lines of test files: test, target, set, feature. Throws text::error, or text::unsupported. The
/// functions are not verified: see ir::verify.
template <class = void>
module read_module(std::string_view text) {
    module made;
    token_stream in(text);
    detail::skip_commands(in);
    while (in.peek().is != token::kind::end) {
        function_reader(in, made.functions.emplace_back()).read();
    }
    return made;
}

/// Reads a text that is one function. Throws text::error, or text::unsupported. The function is not
/// verified: see ir::verify.
template <class = void>
function read_function(std::string_view text) {
    token_stream in(text);
    function made;
    function_reader(in, made).read();
    if (in.peek().is != token::kind::end) in.fail({"nothing behind the function"});
    return made;
}

PALIMPSEST_COMPILE_ONCE(file read_file<void>(std::string_view));
PALIMPSEST_COMPILE_ONCE(module read_module<void>(std::string_view));
PALIMPSEST_COMPILE_ONCE(function read_function<void>(std::string_view));

}  // namespace palimpsest::ir::text
