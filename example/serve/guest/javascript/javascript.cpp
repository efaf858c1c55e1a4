// SPDX-License-Identifier: Apache-2.0
#include "javascript.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string>

#include "../../random.hpp"

namespace serve {
namespace {

// Arguments of the engine: a name for error messages, no guessing whether it is a module, and
// evaluation as a plain script.
constexpr std::string_view script_name("request.js", 11);  // with the zero at its end
constexpr std::uint32_t no_module = 0;
constexpr std::uint32_t as_script = 0;

/// Copies bytes and a zero into memory that the engine allocates.
std::uint32_t place(quickjs::state& guest, std::span<const std::byte> bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const auto address = Z_javascriptZ_malloc(&guest.engine, size + 1);
    const auto room = wasm2c::guest_bytes(guest.environment.memory, address, size + 1);
    std::memcpy(room.data(), bytes.data(), bytes.size());
    room.back() = std::byte{0};
    return address;
}

struct item {
    std::string article;
    std::uint32_t quantity;
    std::uint32_t price;
};

std::vector<item> make_items(random_numbers& random) {
    constexpr std::array words{"bolt", "washer", "gasket", "bearing", "valve", "hinge"};
    std::vector<item> items(random.between(12, 24));
    for (auto& [article, quantity, price] : items) {
        article =
            words[random.between(0, words.size())] + std::to_string(random.between(0, 10'000));
        quantity = random.between(1, 6);
        price = random.between(5, 20'000);
    }
    return items;
}

std::string script_on(const std::vector<item>& items) {
    std::string order;
    for (const auto& [article, quantity, price] : items) {
        order += (order.empty() ? "" : ",") + ("{\"article\":\"" + article) +
                 "\",\"quantity\":" + std::to_string(quantity) +
                 ",\"price\":" + std::to_string(price) + "}";
    }
    return "{ const order = JSON.parse('[" + order + R"(]');
let total = 0;
const lines = order
    .filter(({quantity}) => quantity > 1)
    .map(({article, quantity, price}) => {
        total += quantity * price;
        return `${article.toUpperCase()}=${quantity * price}`;
    })
    .sort();
`${lines.join(';')} total ${total}` })";
}

/// What the script computes.
std::string value_of(const std::vector<item>& items) {
    std::vector<std::string> lines;
    std::uint32_t total = 0;
    for (auto [article, quantity, price] : items) {
        if (quantity <= 1) continue;
        total += quantity * price;
        for (char& letter : article) {
            letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        }
        lines.push_back(article + "=" + std::to_string(quantity * price));
    }
    std::ranges::sort(lines);
    std::string joined;
    for (const auto& line : lines) joined += (joined.empty() ? "" : ";") + line;
    return joined + " total " + std::to_string(total);
}

}  // namespace

std::span<const std::byte> quickjs::evaluate(state& guest, std::span<const std::byte> script) {
    const auto name = place(guest, std::as_bytes(std::span(script_name)));
    const auto source = place(guest, script);
    const auto size = static_cast<std::uint32_t>(script.size());
    const auto value = Z_javascriptZ_QTS_Eval(&guest.engine, guest.context, source, size, name,
                                              no_module, as_script);
    if (Z_javascriptZ_QTS_ResolveException(&guest.engine, guest.context, value) != 0) {
        wasm2c::leave_guest(WASM_RT_TRAP_UNCAUGHT_EXCEPTION, "thrown by the script");
    }
    const auto text = Z_javascriptZ_QTS_GetString(&guest.engine, guest.context, value);
    const auto& memory = guest.environment.memory;
    const auto rest =
        wasm2c::guest_bytes(memory, text, text < memory.size ? memory.size - text : 0);
    return rest.first(
        static_cast<std::size_t>(std::ranges::find(rest, std::byte{0}) - rest.begin()));
}

void javascript_snapshot::start(state& guest) {
    static const auto warm_up = make_javascript_exchanges(0, 4);  // not to be destroyed by a trap
    start_engine(guest);
    for (const auto& each : warm_up) evaluate(guest, each.request);
}

std::vector<exchange> make_javascript_exchanges(std::uint64_t seed, std::size_t count) {
    random_numbers random(seed);
    std::vector<exchange> made(count);
    for (auto& [request, response] : made) {
        const auto items = make_items(random);
        request = bytes_of(script_on(items));
        response = bytes_of(value_of(items));
    }
    return made;
}

}  // namespace serve
