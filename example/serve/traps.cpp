// SPDX-License-Identifier: Apache-2.0
#include "traps.hpp"

#include <ostream>
#include <tuple>

#include "compositions.hpp"
#include "guest/echo/echo.hpp"
#include "server.hpp"

namespace serve {
namespace {

/// Where reads fault: one byte past the memory, and at the end of what an address can reach.
constexpr std::uint32_t far_end = 0xFFFF'FFFF;

template <class Server, class Mistake>
bool ends_in(std::ostream& to, Server& over, wasm_rt_trap_t expected, Mistake mistake) {
    try {
        over.in_fresh_instance(mistake);
    } catch (const wasm2c::trapped& stopped) {
        to << "    " << stopped.what() << '\n';
        return stopped.trap() == expected;
    }
    to << "    nothing stopped the guest\n";
    return false;
}

template <class Composition>
bool show(std::ostream& to, std::size_t slots, const std::vector<exchange>& exchanges) {
    server<Composition, echo> over(slots);
    to << "  " << Composition::name << '\n';
    bool right = ends_in(to, over, WASM_RT_TRAP_OOB, [](echo::state& guest) {
        Z_echoZ_read_at(&guest.instance, Z_echoZ_memory(&guest.instance)->size);
    });
    right &= ends_in(to, over, WASM_RT_TRAP_OOB,
                     [](echo::state& guest) { Z_echoZ_read_at(&guest.instance, far_end); });
    right &= ends_in(to, over, WASM_RT_TRAP_EXHAUSTION,
                     [](echo::state& guest) { Z_echoZ_descend(&guest.instance, 0); });
    for (const auto& each : exchanges) over.serve(each);
    to << "    " << exchanges.size() << " requests served after that\n";
    return right;
}

}  // namespace

bool show_traps(std::ostream& to, const options& wanted) {
    const auto exchanges = echo::exchanges(wanted.seed, 100);
    to << "A guest reads behind its memory, reads at the last address, and calls without end:\n";
    bool right = true;
    all_compositions::for_each([&]<class Composition>() {
        if (wanted.wants_composition(Composition::name)) {
            right &= show<Composition>(to, wanted.slots, exchanges);
        }
    });
    return right;
}

}  // namespace serve
