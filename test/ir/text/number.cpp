// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/text/number.hpp>

#include <catch2/catch.hpp>

#include <random>

namespace ir = palimpsest::ir;
namespace text = palimpsest::ir::text;
using ir::type;

TEST_CASE("integers are read as the bits of their type, signed or not") {
    CHECK(text::read_integer("-1", type::i8) == 0xffU);
    CHECK(text::read_integer("255", type::i8) == 0xffU);
    CHECK(text::read_integer("-128", type::i8) == 0x80U);
    CHECK_FALSE(text::read_integer("256", type::i8));
    CHECK_FALSE(text::read_integer("-129", type::i8));
    CHECK(text::read_integer("0x8000_0000_0000_0000", type::i64) == 0x8000'0000'0000'0000U);
    CHECK(text::read_integer("-9223372036854775808", type::i64) == 0x8000'0000'0000'0000U);
    CHECK(text::read_integer("18446744073709551615", type::i64) == ~std::uint64_t{0});
    CHECK_FALSE(text::read_integer("18446744073709551616", type::i64));
    for (const char* wrong : {"", "-", "0x", "12a", "0xg", "_", "1.0", "+-1"})
        CHECK_FALSE(text::read_integer(wrong, type::i64));
}

TEST_CASE("floating point numbers are read bit by bit") {
    CHECK(text::read_float("0x1.8p1", type::f32) == 0x4040'0000U);
    CHECK(text::read_float("-0x0.0p0", type::f64) == 0x8000'0000'0000'0000U);
    CHECK(text::read_float("0.0", type::f32) == 0U);
    CHECK(text::read_float("0x1.0p-149", type::f32) == 1U);
    CHECK(text::read_float("-Inf", type::f32) == 0xff80'0000U);
    CHECK(text::read_float("Inf", type::f64) == 0x7ff0'0000'0000'0000U);
    CHECK(text::read_float("+NaN", type::f32) == 0x7fc0'0000U);
    CHECK(text::read_float("-NaN:0x1", type::f32) == 0xffc0'0001U);
    CHECK(text::read_float("sNaN:0x1", type::f64) == 0x7ff0'0000'0000'0001U);
    for (const char* wrong : {"", "nan", "sNaN", "NaN:", "NaNx1", "NaN:0x400000", "0x1.0q1", "inf",
                              "--1.0", "0x1.0p999999", "0x", "-0x-1.0"}) {
        INFO(wrong);
        CHECK_FALSE(text::read_float(wrong, type::f32));
    }
}

TEST_CASE("what is written is read back as the same bits") {
    std::mt19937_64 random(Catch::rngSeed());
    for (int count = 0; count < 20'000; ++count) {
        auto bits = random();
        if (count % 4 == 0) bits |= 0x7ff0'0000'0000'0000U;  // not a number, often
        CHECK(text::read_float(text::write_float(bits, type::f64), type::f64) == bits);
        CHECK(text::read_integer(text::write_integer(bits, type::i64), type::i64) == bits);
        auto small = bits >> 32U;
        if (count % 4 == 1) small |= 0x7f80'0000U;
        CHECK(text::read_float(text::write_float(small, type::f32), type::f32) == small);
        CHECK(text::read_integer(text::write_integer(small & 0xffU, type::i8), type::i8) ==
              (small & 0xffU));
    }
}
