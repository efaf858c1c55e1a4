// SPDX-License-Identifier: Apache-2.0
// One of two source files of a program that compiles what both use once.

#include <palimpsest/inline.hpp>

#include <cstdio>
#include <string>

std::string printed(const palimpsest::ir::module& code);

int main() {
    const std::string text = "function %f(i32) -> i32 fast {\nblock0(v0: i32):\n    return v0\n}\n";
    const auto code = palimpsest::ir::text::read_module(text);
    if (!palimpsest::ir::verify(code).empty() || printed(code) != text) {
        std::puts("it was not read and printed");
        return 1;
    }
    std::puts("read and printed");
}
