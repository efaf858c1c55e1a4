// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/builtin/definition.hpp>
#include <palimpsest/builtin/intrinsics.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>

#include <array>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "builtin/host_data.hpp"
#include "support/thrown.hpp"

namespace builtin = palimpsest::builtin;
namespace ir = palimpsest::ir;
namespace linking = palimpsest::linking;
using ir::data_value;

namespace {

/// Memory, and the intrinsics as a module.
class machine {
  public:
    machine() { code_ = builtin::intrinsics().code; }

    std::array<unsigned char, 16> bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    std::uint64_t address() const { return reinterpret_cast<std::uintptr_t>(bytes.data()); }

    ir::run_outcome run(const std::string& name, const std::vector<data_value>& given) {
        ir::interpreter<palimpsest::test::host_of_test> interpreter(code_, {}, {address()});
        interpreter.memory().add(std::as_writable_bytes(std::span(bytes)));
        return interpreter.run(name, given);
    }
    std::uint64_t number(const std::string& name, const std::vector<data_value>& given) {
        const auto outcome = run(name, given);
        REQUIRE(outcome);
        return outcome.results[0].bits;
    }

  private:
    ir::module code_;
};

template <class Integer>
Integer at(const machine& of, std::size_t place) {
    Integer made{};
    std::memcpy(&made, of.bytes.data() + place, sizeof made);
    return made;
}

}  // namespace

TEST_CASE("each intrinsic is a well-formed function, which reads back as printed") {
    const auto all = builtin::intrinsics();
    CHECK(all.name == builtin::intrinsics_module);
    CHECK(all.code.functions.size() == 18);
    for (const auto& made : all.code.functions) {
        CHECK(ir::verify(made).empty());
        const auto text = ir::text::print(made);
        CHECK(ir::text::print(ir::text::read_function(text)) == text);
        CHECK(builtin::is_intrinsic(made.name));
    }
}

TEST_CASE("each intrinsic has the signature that its name says") {
    std::string all;
    ir::text::printer to(all);
    for (const auto& one : builtin::intrinsics().code.functions) {
        all += one.name;
        to.print(one.signature);
        all += "\n";
    }
    CHECK(all ==
          "u8-native-load(i64) -> i8 fast\n"
          "u16-native-load(i64) -> i16 fast\n"
          "u32-native-load(i64) -> i32 fast\n"
          "u64-native-load(i64) -> i64 fast\n"
          "u8-native-store(i64, i8) fast\n"
          "u16-native-store(i64, i16) fast\n"
          "u32-native-store(i64, i32) fast\n"
          "u64-native-store(i64, i64) fast\n"
          "u8-checked-load(i64, i64, i64) -> i8 fast\n"
          "u16-checked-load(i64, i64, i64) -> i16 fast\n"
          "u32-checked-load(i64, i64, i64) -> i32 fast\n"
          "u64-checked-load(i64, i64, i64) -> i64 fast\n"
          "u8-checked-store(i64, i64, i64, i8) fast\n"
          "u16-checked-store(i64, i64, i64, i16) fast\n"
          "u32-checked-store(i64, i64, i64, i32) fast\n"
          "u64-checked-store(i64, i64, i64, i64) fast\n"
          "host-data-address() -> i64 fast\n"
          "vmctx-host-data-address(i64 vmctx) -> i64 fast\n");
}

TEST_CASE("the names of intrinsics are known at compile time") {
    STATIC_REQUIRE(builtin::is_intrinsic("u64-checked-store"));
    STATIC_REQUIRE_FALSE(builtin::is_intrinsic("u128-native-load"));
    STATIC_REQUIRE_FALSE(builtin::is_intrinsic("u8-native-loa"));
}

TEMPLATE_TEST_CASE("native loads and stores reach just the bytes of their size", "", std::uint8_t,
                   std::uint16_t, std::uint32_t, std::uint64_t) {
    constexpr auto bits = 8 * sizeof(TestType);
    const std::string prefix = "u" + std::to_string(bits) + "-native-";
    const auto as = *ir::type_named("i" + std::to_string(bits));
    machine host;
    CHECK(host.number(prefix + "load", {data_value::i64(host.address() + 3)}) ==
          at<TestType>(host, 3));
    const auto before = host.bytes;
    const auto stored = data_value::of(as, 0x8182838485868788);
    REQUIRE(host.run(prefix + "store", {data_value::i64(host.address() + 5), stored}));
    CHECK(at<TestType>(host, 5) == static_cast<TestType>(stored.bits));
    CHECK(host.bytes[4] == before[4]);
    CHECK(host.bytes[5 + sizeof(TestType)] == before[5 + sizeof(TestType)]);
}

TEMPLATE_TEST_CASE("checked loads and stores trap from the first byte that is outside", "",
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t) {
    constexpr std::uint64_t size = sizeof(TestType);
    const std::string prefix = "u" + std::to_string(8 * size) + "-checked-";
    const auto as = *ir::type_named("i" + std::to_string(8 * size));
    machine host;
    const auto base = data_value::i64(host.address());
    const auto load = [&](std::uint64_t offset, std::uint64_t length) {
        return host.run(prefix + "load", {base, data_value::i64(offset), data_value::i64(length)});
    };
    const auto is_outside = [](const ir::run_outcome& of) {
        return of.trap && of.trap->code == ir::trap_code::heap_out_of_bounds;
    };
    constexpr std::uint64_t length = 12;
    for (std::uint64_t offset = 0; offset + size <= length; ++offset)
        CHECK(load(offset, length).results.at(0).bits == at<TestType>(host, offset));
    CHECK(is_outside(load(length - size + 1, length)));
    CHECK(is_outside(load(~std::uint64_t{0}, length)));
    CHECK(is_outside(load(~std::uint64_t{0} - size + 1, length)));
    CHECK(is_outside(load(0, size - 1)));
    CHECK(is_outside(load(0, 0)));
    CHECK(load(0, size));

    const auto store = [&](std::uint64_t offset) {
        return host.run(prefix + "store", {base, data_value::i64(offset), data_value::i64(length),
                                           data_value::of(as, 0x7172737475767778)});
    };
    const auto before = host.bytes;
    CHECK(is_outside(store(length - size + 1)));
    CHECK(host.bytes == before);
    CHECK(store(length - size));
    CHECK(at<TestType>(host, length - size) == static_cast<TestType>(0x7172737475767778));
    CHECK(host.bytes[length] == before[length]);
}

TEST_CASE("the host data is found by a symbol, or through the vmctx") {
    machine host;
    CHECK(host.number("host-data-address", {}) == host.address());
    CHECK(host.number("vmctx-host-data-address", {data_value::i64(host.address() + 8)}) ==
          at<std::uint64_t>(host, 8));
    const auto all = builtin::intrinsics();
    const auto* const by_vmctx = all.code.find("vmctx-host-data-address");
    CHECK(by_vmctx->signature.parameters[0].purpose == ir::parameter_purpose::vmctx);
}

TEST_CASE("builtins of the embedder's own are defined the same way") {
    constexpr auto table = boost::hana::make_tuple(
        builtin::define<std::int32_t(std::int32_t, std::int32_t)>(
            "sum", [](ir::function_builder& to, ir::value left,
                      ir::value right) { to.return_({to.binary(ir::opcode::iadd, left, right)}); }),
        builtin::define<double(float, builtin::vmctx)>(
            "wide", [](ir::function_builder& to, ir::value narrow, ir::value) {
                to.return_({to.unary(ir::opcode::fpromote, narrow, ir::type::f64)});
            }));
    const auto made = builtin::host_module("arithmetic", table);
    CHECK(made.kind == linking::module_kind::builtin);
    CHECK(ir::verify(made.code).empty());
    ir::interpreter<> machine(made.code);
    const std::vector<data_value> given{data_value::i32(40), data_value::i32(2)};
    CHECK(machine.run("sum", given).results.at(0) == data_value::i32(42));
    const std::vector<data_value> narrow{data_value::f32(1.5F), data_value::i64(0)};
    CHECK(machine.run("wide", narrow).results.at(0) == data_value::f64(1.5));
}

TEST_CASE("a body that writes what is malformed is refused where it does") {
    const auto wrong = builtin::define<std::int32_t(std::int64_t)>(
        "wrong", [](ir::function_builder& to, ir::value wide) { to.return_({wide}); });
    CHECK_FALSE(palimpsest::test::text_of<std::invalid_argument>([&] { wrong.build(); }).empty());
}
