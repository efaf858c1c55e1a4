// SPDX-License-Identifier: Apache-2.0
#include "thumbnail.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>

#include "../../random.hpp"
#include "encode.h"
#include "shrink.h"
#include "size.h"

namespace serve {
namespace {

constexpr std::uint32_t width = 240;
constexpr std::uint32_t height = 160;

struct disc {
    int x, y, radius;
    std::uint32_t colour;

    bool covers(int at_x, int at_y) const noexcept {
        const auto across = at_x - x;
        const auto down = at_y - y;
        return across * across + down * down < radius * radius;
    }
};

/// A colour gradient with some discs and a little grain, like a photograph: not too easy for either
/// format.
class painting {
  public:
    explicit painting(random_numbers& random) : slope_(random.between(0, 256)) {
        for (auto& each : discs_) {
            each.x = static_cast<int>(random.between(0, width));
            each.y = static_cast<int>(random.between(0, height));
            each.radius = static_cast<int>(random.between(8, 48));
            each.colour = random.between(0, 0x100'0000);
        }
    }

    /// Red, green and blue of each pixel, row by row.
    std::vector<std::uint8_t> pixels(random_numbers& random) const {
        std::vector<std::uint8_t> painted;
        painted.reserve(std::size_t{width} * height * 3);
        for (std::uint32_t y = 0; y < height; ++y) {
            for (std::uint32_t x = 0; x < width; ++x) {
                const auto grain = random.between(0, 8);
                const auto colour = colour_at(x, y) ^ (grain << 16U | grain << 8U | grain);
                for (const auto shift : {16U, 8U, 0U}) {
                    painted.push_back(static_cast<std::uint8_t>(colour >> shift));
                }
            }
        }
        return painted;
    }

  private:
    std::uint32_t colour_at(std::uint32_t x, std::uint32_t y) const noexcept {
        auto colour = (x * 255 / width) << 16U | (y * 255 / height) << 8U | slope_;
        for (const auto& each : discs_) {
            if (each.covers(static_cast<int>(x), static_cast<int>(y))) colour = each.colour;
        }
        return colour;
    }

    std::uint32_t slope_;
    std::array<disc, 6> discs_{};
};

void append(void* file, void* bytes, int size) {
    const auto* const begin = static_cast<const std::byte*>(bytes);
    auto& whole = *static_cast<std::vector<std::byte>*>(file);
    whole.insert(whole.end(), begin, begin + size);
}

std::vector<std::byte> shrunk(const std::vector<std::byte>& picture) {
    struct release {
        void operator()(unsigned char* bytes) const noexcept { std::free(bytes); }
    };
    const std::unique_ptr<unsigned char, release> pixels(
        shrink(reinterpret_cast<const unsigned char*>(picture.data()), picture.size(),
               thumbnail_width, thumbnail_height));
    if (!pixels) throw std::runtime_error("a picture made for the thumbnail guest cannot be read");
    const std::span small(pixels.get(), std::size_t{thumbnail_width} * thumbnail_height * 3);
    const auto bytes = std::as_bytes(small);
    return {bytes.begin(), bytes.end()};
}

}  // namespace

std::vector<exchange> make_thumbnail_exchanges(std::uint64_t seed, std::size_t count) {
    random_numbers random(seed);
    std::vector<exchange> made(count);
    for (std::size_t number = 0; number < count; ++number) {
        const auto pixels = painting(random).pixels(random);
        auto& [request, response] = made[number];
        const auto encode = number % 2 == 0 ? encode_jpeg : encode_png;
        if (encode(append, &request, width, height, pixels.data()) == 0) throw std::bad_alloc();
        response = shrunk(request);
    }
    return made;
}

}  // namespace serve
