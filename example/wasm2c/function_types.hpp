// SPDX-License-Identifier: Apache-2.0
// One number for each function signature, the same in all modules of the process: indirect calls
// compare them.
#pragma once

#include <wasm-rt.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <mutex>
#include <vector>

namespace wasm2c {

struct signature {
    std::uint32_t parameters;  // how many of the types are parameters; the others are results
    std::vector<int> types;

    bool operator==(const signature&) const = default;
};

class function_types {
  public:
    /// Numbers begin at 1; 0 is the type of a null reference. Any thread may call it.
    static std::uint32_t number_of(const signature& wanted) {
        static function_types known;
        const std::lock_guard lock(known.mutex_);
        const auto found = std::ranges::find(known.signatures_, wanted);
        const auto number = static_cast<std::uint32_t>(found - known.signatures_.begin()) + 1;
        if (found == known.signatures_.end()) known.signatures_.push_back(wanted);
        return number;
    }

  private:
    std::mutex mutex_;
    std::vector<signature> signatures_;
};

}  // namespace wasm2c

extern "C" {

[[gnu::used]] inline std::uint32_t wasm_rt_register_func_type(std::uint32_t parameters,
                                                              std::uint32_t results, ...) {
    wasm2c::signature wanted{parameters, std::vector<int>(std::size_t{parameters} + results)};
    std::va_list types;
    va_start(types, results);
    for (auto& type : wanted.types) type = va_arg(types, int);
    va_end(types);
    return wasm2c::function_types::number_of(wanted);
}

[[gnu::used]] inline void wasm_rt_init(void) {}
[[gnu::used]] inline bool wasm_rt_is_initialized(void) { return true; }
[[gnu::used]] inline void wasm_rt_free(void) {}
}
