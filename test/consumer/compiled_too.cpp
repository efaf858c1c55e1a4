// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline.hpp>
#include <string>

std::string printed(const palimpsest::ir::module& code) {
    return palimpsest::ir::text::print(code);
}
