// SPDX-License-Identifier: Apache-2.0
// What an exception says.
#pragma once

#include <exception>
#include <string>

namespace palimpsest::test {

/// The text of the `Exception` that `act` throws; empty if it throws none.
template <class Exception, class Act>
std::string text_of(Act&& act) {
    try {
        act();
    } catch (const Exception& thrown) {
        return thrown.what();
    }
    return {};
}

}  // namespace palimpsest::test
