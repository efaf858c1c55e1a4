// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include <array>
#include <string>

#include "../../random.hpp"
#include "edit.hpp"

namespace serve {
namespace {

constexpr std::size_t document_size = 20 * 1024;

template <std::size_t Count>
const char* any_of(const std::array<const char*, Count>& words, random_numbers& random) {
    return words[random.between(0, Count)];
}

nlohmann::json make_item(random_numbers& random) {
    constexpr std::array words{"bolt", "washer", "gasket", "bearing", "valve", "hinge"};
    return {{"article", any_of(words, random) + std::to_string(random.between(100, 10'000))},
            {"quantity", random.between(1, 40)},
            {"price", random.between(5, 20'000)}};
}

nlohmann::json make_order(random_numbers& random) {
    constexpr std::array states{"open", "paid", "shipped", "cancelled"};
    constexpr std::array towns{"Gdańsk", "Malmö", "Oulu", "Tartu", "Klaipėda"};
    auto items = nlohmann::json::array();
    for (auto left = random.between(1, 5); left > 0; --left) items.push_back(make_item(random));
    return {{"number", random.between(100'000, 1'000'000)},
            {"status", any_of(states, random)},
            {"town", any_of(towns, random)},
            {"express", random.between(0, 2) == 1},
            {"note", std::string(random.between(0, 80), 'n')},
            {"items", items}};
}

std::string make_document(random_numbers& random) {
    auto orders = nlohmann::json::array();
    for (std::size_t size = 0; size < document_size; size += orders.back().dump().size() + 1) {
        orders.push_back(make_order(random));
    }
    return nlohmann::json{{"shop", random.between(1, 1'000)}, {"orders", orders}}.dump();
}

}  // namespace

std::vector<exchange> make_json_exchanges(std::uint64_t seed, std::size_t count) {
    random_numbers random(seed);
    std::vector<exchange> made(count);
    for (auto& [request, response] : made) {
        const auto document = make_document(random);
        request = bytes_of(document);
        response = bytes_of(edited(document.data(), document.data() + document.size()));
    }
    return made;
}

}  // namespace serve
