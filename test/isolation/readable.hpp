// SPDX-License-Identifier: Apache-2.0
// The name of a type, as it is written.
#pragma once

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <typeinfo>

namespace palimpsest::test {

inline std::string readable(const std::type_info& type) {
    const std::unique_ptr<char, void (*)(void*)> name(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr), std::free);
    return name ? name.get() : type.name();
}

}  // namespace palimpsest::test
