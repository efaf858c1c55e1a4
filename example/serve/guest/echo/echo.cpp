// SPDX-License-Identifier: Apache-2.0
#include "echo.hpp"

#include <algorithm>

#include "../../random.hpp"

namespace serve {
namespace {

constexpr std::size_t request_size = 512;

std::vector<std::byte> enciphered(const std::vector<std::byte>& plain) {
    std::vector<std::byte> answer;
    std::uint32_t key = 0x811C'9DC5;
    for (const auto byte : plain) {
        answer.push_back(byte ^ static_cast<std::byte>(key >> 24U));
        key = (key ^ std::to_integer<std::uint32_t>(byte)) * 0x0100'0193;
    }
    return answer;
}

}  // namespace

std::vector<exchange> make_echo_exchanges(std::uint64_t seed, std::size_t count) {
    random_numbers random(seed);
    std::vector<exchange> made(count);
    for (auto& [request, response] : made) {
        request.resize(request_size);
        std::ranges::generate(request,
                              [&] { return static_cast<std::byte>(random.between(0, 256)); });
        response = enciphered(request);
    }
    return made;
}

}  // namespace serve
