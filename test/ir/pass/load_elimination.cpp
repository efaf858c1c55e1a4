// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/load_elimination.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "before_and_after.hpp"

namespace ir = palimpsest::ir;
using ir::data_value;
using ir::opcode;

namespace {

using known = palimpsest::test::before_and_after<palimpsest::pass::load_elimination>;

/// A function whose v0 is the address of memory, v1 an i64 and v2 an i32, with a callee that writes
/// to the memory. Statements define v10 and v20; the function returns their sum and order.
known made_of(const std::string& statements, const std::string& type = "i64") {
    return known("function %f(i64, i64, i32) -> " + type + ", " + type +
                 " {\n"
                 "    ss0 = explicit_slot 16\n    ss1 = explicit_slot 16\n"
                 "    fn0 = %g(i64)\n"
                 "block0(v0: i64, v1: i64, v2: i32):\n" +
                 statements +
                 "\n    return v10, v20\n}\n"
                 "function %g(i64) {\n"
                 "block0(v0: i64):\n"
                 "    v1 = iconst.i64 0x1234\n    store v1, v0\n    return\n}\n");
}
/// How many instructions are removed; also checks that behaviour stays the same.
std::size_t gone(const std::string& statements, const std::string& type = "i64") {
    const auto made = made_of(statements, type);
    made.run({data_value::i64(0x1122'3344'5566'7788), data_value::i32(0x99aa'bbcc)});
    std::size_t count = 0;
    for (std::size_t code = 0; code < ir::opcode_descriptions.size(); ++code)
        count += made.before(static_cast<opcode>(code)) - made.after(static_cast<opcode>(code));
    CHECK(made.changed() == (count != 0));
    return count;
}
/// The same, between two loads of the same address.
std::size_t gone_around(const std::string& between, const std::string& flags = "") {
    return gone("v10 = load.i64 " + flags + " v0\n" + between + "\nv20 = load.i64 " + flags +
                " v0");
}

const std::string& of_kind(std::size_t number, const std::string& slot, const std::string& region) {
    return number % 2 == 0 ? slot : region;
}

/// `count` nested loops, which change as many classes of memory in the innermost one: slots and
/// regions in turn. Each loop begins with a load of one class. Two slots are known throughout the
/// loops: one that is written before, and one that is written on one of two paths before. The last
/// argument determines how often loops go round.
std::string nested_loops(std::size_t count) {
    using std::to_string;
    const auto before = to_string(count);
    const auto on_one_way = to_string(count + 1);
    std::size_t next = 10;
    const auto name = [&] { return "v" + to_string(next++); };
    const auto load = [&](std::size_t of) {
        const auto number = to_string(of);
        const auto made = name();
        return std::pair(
            made, "    " + made + " = " +
                      (of % 2 == 0 ? "stack_load.i64 ss" + number
                                   : "load.i64 region" + number + " v0+" + to_string(4 * of - 4)) +
                      "\n");
    };
    const auto store = [&](std::size_t to, const std::string& what) {
        const auto number = to_string(to);
        return of_kind(
            to, "    stack_store " + what + ", ss" + number + "\n",
            "    store region" + number + " " + what + ", v0+" + to_string(4 * to - 4) + "\n");
    };
    std::string text = "function %f(i64, i64) -> i64 {\n    region0 = 4294967295 \"turns\"\n";
    for (std::size_t of = 0; of < count; ++of)
        text += of_kind(of, "    ss" + to_string(of) + " = explicit_slot 8\n",
                        "    region" + to_string(of) + " = " + to_string(of) + " \"\"\n");
    text += "    ss" + before + " = explicit_slot 8\n    ss" + on_one_way +
            " = explicit_slot 8\nblock0(v0: i64, v1: i64):\n"
            "    store region0 v1, v0+248\n    stack_store v1, ss" +
            before + "\n    stack_store v0, ss" + on_one_way +
            "\n    brif v1, block100000, block100001\nblock100000:\n    stack_store v1, ss" +
            on_one_way + "\n    jump block100001\nblock100001:\n    v2 = stack_load.i64 ss" +
            on_one_way + "\n    jump block1\n";
    std::string sum = "v2";
    const auto add = [&](const std::string& what) {
        const auto made = name();
        text += "    " + made + " = iadd " + sum + ", " + what + "\n";
        sum = made;
    };
    for (std::size_t loop = 0; loop < count; ++loop) {
        const auto [loaded, statement] = load(loop);
        text += "block" + to_string(loop + 1) + ":\n" + statement;
        add(loaded);
        text += "    jump block" + to_string(loop + 2) + "\n";
    }
    text += "block" + to_string(count + 1) + ":\n    v3 = stack_load.i64 ss" + before +
            "\n    v4 = stack_load.i64 ss" + on_one_way + "\n";
    add("v3");
    add("v4");
    for (std::size_t of = 0; of < count; ++of) {
        const auto [old, first] = load(of);
        const auto changed = name();
        text +=
            first + "    " + changed + " = iadd " + old + ", " + sum + "\n" + store(of, changed);
        const auto [loaded, second] = load(of);
        text += second;
        add(loaded);
    }
    text += "    jump block" + to_string(count + 2) + "\n";
    for (std::size_t loop = 0; loop < count; ++loop) {
        const auto turns = name();
        const auto left = name();
        const auto mixed = name();
        const auto bits = name();
        const auto bit = name();
        const auto positive = name();
        const auto wide = name();
        const auto again = name();
        text += "block" + to_string(count + 2 + loop) + ":\n    " + turns +
                " = load.i64 region0 v0+248\n    " + left + " = iadd_imm " + turns +
                ", -1\n    store region0 " + left + ", v0+248\n    " + mixed + " = imul_imm " +
                left + ", 0x9e3779b97f4a7c15\n    " + bits + " = ushr_imm " + mixed + ", " +
                to_string(loop % 60) + "\n    " + bit + " = band_imm " + bits + ", 1\n    " +
                positive + " = icmp_imm sgt " + left + ", 0\n    " + wide + " = uextend.i64 " +
                positive + "\n    " + again + " = band " + bit + ", " + wide + "\n    brif " +
                again + ", block" + to_string(count - loop) + ", block" +
                to_string(count + 3 + loop) + "\n";
    }
    text += "block" + to_string(2 * count + 2) + ":\n";
    for (std::size_t of = 0; of < count; ++of) {
        const auto [loaded, statement] = load(of);
        text += statement;
        add(loaded);
    }
    return text + "    return " + sum + "\n}\n";
}

}  // namespace

TEST_CASE("what was loaded is not loaded again") {
    CHECK(gone("v10 = load.i64 v0\nv20 = load.i64 v0") == 1);
    CHECK(gone("v10 = load.i64 v0+8\nv20 = load.i64 v0+8") == 1);
    CHECK(gone("v10 = uload8.i64 v0\nv20 = uload8.i64 v0") == 1);
    CHECK(gone("v10 = sload32 v0\nv20 = sload32 v0") == 1);
    CHECK(gone("v10 = stack_load.i64 ss0\nv20 = stack_load.i64 ss0") == 1);
}

TEST_CASE("address, offset, type, operation and byte order count") {
    CHECK(gone("v10 = load.i64 v0\nv20 = load.i64 v0+8") == 0);
    CHECK(gone("v3 = iadd_imm v0, 8\nv10 = load.i64 v0\nv20 = load.i64 v3") == 0);
    CHECK(gone("v3 = load.f64 v0\nv10 = load.i64 v0\nv20 = iadd v10, v10") == 0);
    CHECK(gone("v10 = uload8.i64 v0\nv20 = sload8.i64 v0") == 0);
    CHECK(gone("v10 = uload8.i64 v0\nv20 = uload16.i64 v0") == 0);
    CHECK(gone("v10 = load.i64 little v0\nv20 = load.i64 big v0") == 0);
    CHECK(gone("v10 = load.i64 big v0\nv20 = load.i64 big v0") == 1);
    CHECK(gone("v3 = uload8.i32 v0\nv10 = uextend.i64 v3\nv20 = uload8.i64 v0") == 0);
    CHECK(gone("v10 = stack_load.i64 ss0\nv20 = stack_load.i64 ss1") == 0);
    CHECK(gone("v10 = stack_load.i64 ss0\nv20 = stack_load.i64 ss0+8") == 0);
}

TEST_CASE("what was stored is not loaded") {
    CHECK(gone("store v1, v0\nv10 = load.i64 v0\nv20 = load.i64 v0") == 2);
    CHECK(gone("store heap v1, v0+8\nv10 = load.i64 heap v0+8\nv20 = iadd v10, v1") == 1);
    CHECK(gone("stack_store v1, ss0\nv10 = stack_load.i64 ss0\nv20 = iadd v10, v1") == 1);
    CHECK(gone("store big v1, v0\nv10 = load.i64 big v0\nv20 = load.i64 v0") == 1);
}

TEST_CASE("a part of what was stored, or the same bits as another type, is loaded") {
    CHECK(gone("store v1, v0\nv10 = uload8.i64 v0\nv20 = load.i64 v0") == 1);
    CHECK(gone("store v1, v0\nv10 = uload32 v0\nv20 = load.i64 v0+4") == 0);
    CHECK(gone("istore8 v1, v0\nv10 = uload8.i64 v0\nv20 = uload8.i64 v0") == 1);
    CHECK(gone("istore8 v1, v0\nv10 = load.i64 v0\nv20 = sload8.i64 v0") == 0);
    CHECK(gone("store v1, v0\nv3 = load.f64 v0\nv10 = bitcast.i64 v3\nv20 = iadd v1, v1") == 0);
    CHECK(gone("store big v1, v0\nv10 = load.i64 little v0\nv20 = load.i64 v0") == 0);
}

TEST_CASE("what may write there in between makes a load necessary") {
    CHECK(gone_around("store v2, v0+4") == 0);
    CHECK(gone_around("istore8 v2, v0+7") == 0);
    CHECK(gone_around("v3 = iadd_imm v0, 4\nstore v2, v3") == 0);
    CHECK(gone_around("v3 = iadd_imm v0, 64\nstore v2, v3") == 0);
    CHECK(gone_around("call fn0(v0)") == 0);
    CHECK(gone_around("v3 = func_addr.i64 fn0\ncall_indirect sig0, v3(v0)") == 0);
    CHECK(gone_around("v3 = atomic_rmw.i64 add v0, v1") == 0);
    CHECK(gone_around("v3 = atomic_cas.i64 v0, v1, v1") == 0);
    CHECK(gone_around("atomic_store v1, v0") == 0);
    CHECK(gone_around("v3 = atomic_load.i64 v0") == 0);
    CHECK(gone_around("fence") == 0);
    CHECK(gone_around("debugtrap") == 0);
}

TEST_CASE("what only reads or computes in between does not") {
    CHECK(gone_around("v3 = load.i32 v0+2") == 1);
    CHECK(gone_around("v3 = udiv v0, v1\ntrapz v0, user1\nnop") == 1);
    CHECK(gone_around("v3 = stack_addr.i64 ss0") == 1);
}

TEST_CASE("an access that goes would have trapped where the earlier one did") {
    CHECK(gone("v10 = load.i64 heap_oob v1\nv20 = load.i64 user1 v1") == 1);
    CHECK(gone("v10 = load.i64 notrap aligned v0\nv20 = load.i64 v0") == 1);
    CHECK(gone("v10 = load.i64 v0\nv20 = load.i64 notrap aligned v0") == 1);
    CHECK(gone("store user7 v1, v1\nv10 = load.i64 user8 v1\nv20 = load.i64 v0") == 1);
    CHECK(gone("store user7 v1, v0+250\nv10 = load.i64 user8 v0+250\nv20 = load.i64 v0") == 1);
    // The first to trap is another one.
    CHECK(gone("v10 = load.i64 user1 v0\nv3 = load.i32 user2 v1\nv20 = load.i64 user3 v0") == 1);
}

TEST_CASE("regions do not overlap, and what is in none may be in any") {
    const auto between = [](const std::string& flags, const std::string& store) {
        return gone_around("store " + store + " v1, v0+64\n", flags);
    };
    for (const std::string one : {"heap", "table", "vmctx"}) {
        INFO(one);
        const auto around = [&](const std::string& store) {
            return gone("v3 = iadd_imm v0, 64\nv10 = load.i64 " + one + " v0\nstore " + store +
                        " v1, v3\nv20 = load.i64 " + one + " v0");
        };
        CHECK(around(one) == 0);
        CHECK(around("") == 0);
        for (const std::string other : {"heap", "table", "vmctx"})
            if (other != one) CHECK(around(other) == 1);
        CHECK(gone("v3 = iadd_imm v0, 64\nv10 = load.i64 v0\nstore " + one +
                   " v1, v3\nv20 = load.i64 v0") == 0);
        CHECK(between(one, one) == 1);
    }
    CHECK(gone_around("call fn0(v0)", "heap") == 0);
    CHECK(gone_around("fence", "vmctx") == 0);
}

TEST_CASE("a value that is known in one region stays so for a load that names none, and back") {
    CHECK(gone("v10 = load.i64 heap v0\nv20 = load.i64 v0") == 1);
    CHECK(gone("v3 = iadd_imm v0, 64\nstore v1, v0\nstore table v1, v3\n"
               "v10 = load.i64 heap v0\nv20 = load.i64 v0") == 1);
    CHECK(gone("store heap v1, v0\nv10 = load.i64 v0\nv20 = load.i64 heap v0") == 2);
}

TEST_CASE("what nobody writes is known across calls and stores") {
    CHECK(gone_around("v3 = iadd_imm v0, 64\nstore v1, v3\ncall fn0(v3)\nfence", "readonly") == 1);
    CHECK(gone_around("v3 = iadd_imm v0, 64\nstore heap v1, v3", "readonly heap") == 1);
    CHECK(gone("v3 = iadd_imm v0, 64\nv10 = load.i64 readonly v0\nstore v1, v3\n"
               "v20 = load.i64 v0") == 0);
}

TEST_CASE("a store beside it, at a known distance, is looked through") {
    CHECK(gone_around("store v1, v0+8") == 1);
    CHECK(gone_around("store v2, v0-4") == 1);
    CHECK(gone_around("store v1, v0+7") == 0);
    CHECK(gone_around("store v1, v0+8\nistore8 v1, v0+16\nistore16 v1, v0+9") == 1);
    CHECK(gone_around("store v1, v0+8\nstore v1, v0+4") == 0);
    CHECK(gone("v10 = load.i64 v0+8\nistore32 v1, v0+4\nv20 = load.i64 v0+8") == 1);
    CHECK(gone("v10 = load.i64 v0+8\nistore32 v1, v0+5\nv20 = load.i64 v0+8") == 0);
    CHECK(gone("v10 = load.i64 v0+8\nstore v1, v0\nv20 = load.i64 v0+8") == 1);
    CHECK(gone("v10 = load.i64 v0+8\nstore v1, v0+1\nv20 = load.i64 v0+8") == 0);
    CHECK(gone("store v1, v0\nstore v0, v0+8\nv10 = load.i64 v0\nv20 = load.i64 v0+8") == 2);
}

TEST_CASE("a slot whose address nobody has changes by its own stores only") {
    CHECK(gone("stack_store v1, ss0\nstore v2, v0\ncall fn0(v0)\nstack_store v0, ss1\nfence\n"
               "v10 = stack_load.i64 ss0\nv20 = stack_load.i64 ss1") == 2);
    CHECK(gone("stack_store v1, ss0\nstack_store v2, ss0+4\nv10 = stack_load.i64 ss0\n"
               "v20 = iadd v10, v10") == 0);
    CHECK(gone("stack_store v1, ss0\nstack_store v0, ss0+8\nv10 = stack_load.i64 ss0\n"
               "v20 = stack_load.i64 ss0+8") == 2);
}

TEST_CASE("a slot whose address is taken may be written by whoever has it") {
    CHECK(gone("v3 = stack_addr.i64 ss0\nstack_store v1, ss0\ncall fn0(v3)\n"
               "v10 = stack_load.i64 ss0\nv20 = iadd v10, v10") == 0);
    CHECK(gone("v3 = stack_addr.i64 ss0\nv4 = iadd_imm v3, 0\nstack_store v1, ss0\nstore v0, v4\n"
               "v10 = stack_load.i64 ss0\nv20 = iadd v10, v1") == 0);
    CHECK(gone("v3 = stack_addr.i64 ss0\nstack_store v1, ss0\nv10 = load.i64 v3\n"
               "v20 = load.i64 v3") == 2);
    CHECK(gone("v3 = stack_addr.i64 ss0+8\nstore v1, v3\nstack_store v0, ss0\n"
               "v10 = stack_load.i64 ss0+8\nv20 = load.i64 v3-8") == 2);
}

TEST_CASE("when an access leaves its slot, no slot is one's own") {
    CHECK(gone("stack_store v1, ss1\nstack_store v0, ss0+16\nv10 = stack_load.i64 ss1\n"
               "v20 = iadd v10, v1") == 0);
    CHECK(gone("stack_store v1, ss0\nstack_store v0, ss1-16\nv10 = stack_load.i64 ss0\n"
               "v20 = iadd v10, v1") == 0);
    CHECK(gone("stack_store v1, ss1\nstack_store v0, ss0+12\nv10 = stack_load.i64 ss1\n"
               "v20 = iadd v10, v1") == 0);
}

TEST_CASE("slots are told apart however many there are") {
    std::string text = "function %f(i64, i64) -> i64 {\n";
    std::string stores;
    std::string loads = "v10 = iconst.i64 0\n";
    for (int slot = 0; slot < 20; ++slot) {
        const auto number = std::to_string(slot);
        text += "    ss" + number + " = explicit_slot 8\n";
        stores += "v" + std::to_string(100 + slot) + " = iadd_imm v1, " + number +
                  "\nstack_store v" + std::to_string(100 + slot) + ", ss" + number + "\n";
        loads += "v" + std::to_string(200 + slot) + " = stack_load.i64 ss" + number + "\nv" +
                 std::to_string(11 + slot) + " = iadd v" + std::to_string(10 + slot) + ", v" +
                 std::to_string(200 + slot) + "\n";
    }
    const known made(text + "block0(v0: i64, v1: i64):\n" + stores + loads + "return v30\n}\n");
    CHECK(made.result({data_value::i64(100)}) == 2000 + 190);
    CHECK(made.after(opcode::stack_load) == 0);
}

TEST_CASE("a store to one of many alias regions keeps what is known of the others") {
    // Each is written once, and all are read before and after.
    std::string text = "function %f(i64, i64) -> i64 {\n";
    std::string stores;
    std::string loads;
    constexpr int count = 40;
    for (int region = 0; region < count; ++region) {
        const auto number = std::to_string(region);
        text += "    region" + number + " = " + std::to_string(7 * region) + " \"\"\n";
        const auto place = "v" + std::to_string(300 + region);
        text += region + 1 < count ? "" : "block0(v0: i64, v1: i64):\n";
        stores += place + " = iadd_imm v0, " + std::to_string(4 * region) + "\nstore.i32 region" +
                  number + " v2, " + place + "\n";
        loads += "v" + std::to_string(200 + region) + " = load.i32 region" + number + " " + place +
                 "\nv" + std::to_string(11 + region) + " = iadd v" + std::to_string(10 + region) +
                 ", v" + std::to_string(200 + region) + "\n";
    }
    const known made(text + "v2 = ireduce.i32 v1\nv10 = iconst.i32 0\n" + stores + loads +
                     "v100 = uextend.i64 v50\nreturn v100\n}\n");
    CHECK(made.after(opcode::load) == 0);
    CHECK(made.result({data_value::i64(5)}) == std::uint64_t{5} * count);
}

TEST_CASE("alias regions are apart from each other, and what is in none is in all") {
    const auto around = [](const std::string& load, const std::string& store) {
        const known made(R"(function %f(i64, i64) -> i64 {
    region0 = 9 "a"
    region1 = 4 "b"
    region2 = 5 "unused"
    fn0 = %g(i64)
block0(v0: i64, v1: i64):
    v2 = iadd_imm v0, 64
    v3 = load.i64 )" + load +
                         " v0\n    " + store + "\n    v4 = load.i64 " + load + R"( v0
    v5 = isub v3, v4
    return v5
}
function %g(i64) {
block0(v0: i64):
    return
})");
        made.run({data_value::i64(77)});
        return made.after(opcode::load);
    };
    CHECK(around("region0", "store region1 v1, v2") == 1);
    CHECK(around("region1", "store notrap region0 v1, v2") == 1);
    CHECK(around("region0", "istore8 region1 v1, v2\nstore heap v1, v2") == 1);
    CHECK(around("heap", "store region1 v1, v2") == 1);
    CHECK(around("region0", "store region0 v1, v2") == 2);
    CHECK(around("region0", "store v1, v2") == 2);
    CHECK(around("", "store region0 v1, v2") == 2);
    CHECK(around("region0", "store region1 v1, v2\nstore v1, v2") == 2);
    CHECK(around("region0", "store v1, v2\nstore region1 v1, v2") == 2);
    CHECK(around("region0", "call fn0(v2)") == 2);
    CHECK(around("region0", "fence") == 2);
    CHECK(around("region0", "v7 = atomic_rmw.i64 region1 add v2, v1") == 2);
    CHECK(around("region0 readonly", "call fn0(v2)\nstore v1, v2\nstore region0 v1, v2") == 1);
    // Looked through at a known distance, by stores to the region and to none in any order.
    CHECK(around("region0",
                 "store region0 v1, v0+8\nstore v1, v0+16\nstore region1 v1, v2\n"
                 "store region0 v1, v0+24") == 1);
    CHECK(around("region0", "store v1, v0+8\nstore region0 v1, v0+4\nstore v1, v0+16") == 2);
    CHECK(around("region0", "store v1, v2\nstore v1, v0+8") == 2);
    CHECK(around("region0", "store region0 v1, v2\nstore v1, v0+8") == 2);
    CHECK(around("region0", "store v1, v2\nstore region0 v1, v0+8") == 2);
    CHECK(around("", "store region0 v1, v0+8\nstore v1, v0+16\nstore region1 v1, v0+24") == 1);
    CHECK(around("", "store region0 v1, v0+8\nstore region1 v1, v0+1\nstore v1, v0+16") == 2);
}

TEST_CASE("alias regions join where ways that write them do, each for itself") {
    const auto loads = [](const std::string& one, const std::string& other) {
        const known made(R"(function %f(i64, i32, i64) -> i64 {
    region0 = 0 "a"
    region1 = 1 "b"
block0(v0: i64, v1: i32, v2: i64):
    v20 = iadd_imm v0, 64
    v3 = load.i64 region0 v0
    v10 = load.i64 region1 v20
    brif v1, block1, block2
block1:
    )" + one + R"(
    jump block3
block2:
    )" + other + R"(
    jump block3
block3:
    v4 = load.i64 region0 v0
    v11 = load.i64 region1 v20
    v5 = isub v3, v4
    v6 = isub v10, v11
    v7 = iadd v5, v6
    return v7
})");
        for (const auto way : {0U, 1U}) made.run({data_value::i32(way), data_value::i64(5)});
        return made.after(opcode::load);
    };
    CHECK(loads("nop", "nop") == 2);
    CHECK(loads("store region0 v2, v0", "nop") == 3);
    CHECK(loads("store region0 v2, v0", "store region1 v2, v20") == 4);
    CHECK(loads("store v2, v0", "nop") == 4);
    // What was left on the way down does not count in a sibling.
    CHECK(loads("store region0 v2, v0\nstore region0 v3, v0", "store region0 v2, v0") == 3);
}

TEST_CASE("aliases in the input are the values that they stand for") {
    CHECK(gone("v3 -> v0\nv10 = load.i64 v0\nv4 -> v10\nv5 -> v1\nstore v5, v3+8\n"
               "v20 = load.i64 v3\nv6 = iadd v4, v20\nv7 = load.i64 v0+8") == 2);
}

TEST_CASE("a load in one arm of a branch serves neither the other arm nor the join") {
    const known made(R"(function %f(i64, i32) -> i64 {
block0(v0: i64, v1: i32):
    brif v1, block1, block2
block1:
    v2 = load.i64 v0
    jump block3(v2)
block2:
    v3 = load.i64 v0
    jump block3(v3)
block3(v4: i64):
    v5 = load.i64 v0
    v6 = isub v4, v5
    return v6
})");
    CHECK_FALSE(made.changed());
    CHECK(made.result({data_value::i32(1)}) == 0);
    CHECK(made.result({data_value::i32(0)}) == 0);
}

TEST_CASE("a load before a branch serves all behind it, where no way there writes") {
    const auto branching = [](const std::string& first, const std::string& second) {
        return known(
            "function %f(i64, i32, i64) -> i64 {\n"
            "    fn0 = %g(i64)\n"
            "block0(v0: i64, v1: i32, v2: i64):\n"
            "    v3 = load.i64 v0\n"
            "    br_table v1, block1, [block2, block3]\n"
            "block1:\n    jump block3\n"
            "block2:\n    " +
            first +
            "\n    v4 = load.i64 v0\n    jump block3\n"
            "block3:\n    " +
            second +
            "\n    v5 = load.i64 v0\n    v6 = isub v3, v5\n    return v6\n}\n"
            "function %g(i64) {\n"
            "block0(v0: i64):\n"
            "    v1 = iconst.i64 0x1234\n    store v1, v0\n    return\n}\n");
    };
    const auto loads = [&](const std::string& first, const std::string& second) {
        const auto made = branching(first, second);
        for (const auto way : {0U, 1U, 2U}) made.run({data_value::i32(way), data_value::i64(0x77)});
        return made.after(opcode::load);
    };
    CHECK(loads("nop", "nop") == 1);
    CHECK(loads("store v2, v0", "nop") == 2);  // the load behind the join is needed
    CHECK(loads("nop", "store v2, v0+4") == 2);
    CHECK(loads("call fn0(v0)", "nop") == 3);
    CHECK(loads("store v2, v0+8", "nop") == 2);  // joins are not looked through
    CHECK(loads("nop", "call fn0(v0)\n    store v2, v0") == 1);
}

TEST_CASE("a region that neither way writes is known behind the join of ways that write others") {
    const known made(R"(function %f(i64, i32, i64) -> i64 {
block0(v0: i64, v1: i32, v2: i64):
    v3 = load.i64 vmctx v0
    v10 = load.i64 heap v0+8
    v20 = iadd_imm v0, 64
    brif v1, block1, block2
block1:
    store heap v2, v20
    jump block2
block2:
    v4 = load.i64 vmctx v0
    v11 = load.i64 heap v0+8
    v5 = isub v3, v4
    v6 = isub v10, v11
    v7 = iadd v5, v6
    return v7
})");
    CHECK(made.after(opcode::load) == 3);
    CHECK(made.result({data_value::i32(1), data_value::i64(5)}) == 0);
    CHECK(made.result({data_value::i32(0), data_value::i64(5)}) == 0);
}

TEST_CASE("a store in a loop makes the loads of the loop necessary, one behind it does not") {
    const auto loop = [](const std::string& inside, const std::string& behind) {
        return known(
            "function %f(i64, i64) -> i64 {\n"
            "block0(v0: i64, v1: i64):\n"
            "    v2 = load.i64 v0\n"
            "    jump block1(v1, v2)\n"
            "block1(v3: i64, v4: i64):\n"
            "    v5 = load.i64 v0\n"
            "    v6 = iadd v4, v5\n"
            "    v7 = iadd_imm v3, -1\n    " +
            inside +
            "\n    brif v7, block1(v7, v6), block2\n"
            "block2:\n    " +
            behind + "\n    v8 = load.i64 v0\n    v9 = iadd v6, v8\n    return v9\n}\n");
    };
    const auto loads = [&](const std::string& inside, const std::string& behind) {
        const auto made = loop(inside, behind);
        for (const auto turns : {1U, 2U, 5U}) made.run({data_value::i64(turns)});
        return made.after(opcode::load);
    };
    CHECK(loads("nop", "nop") == 1);
    CHECK(loads("store v6, v0", "nop") == 2);  // behind the loop it is what was stored last
    CHECK(loads("istore8 v6, v0", "nop") == 3);
    CHECK(loads("nop", "istore8 v6, v0") == 2);
    CHECK(loads("store heap v6, v0+8", "nop") == 2);
}

TEST_CASE("an inner loop that writes nothing hides nothing from the loop around it") {
    const known made(R"(function %f(i64, i64) -> i64 {
block0(v0: i64, v1: i64):
    jump block1(v1)
block1(v2: i64):
    v3 = load.i64 v0
    jump block2(v2)
block2(v4: i64):
    v5 = iadd_imm v4, -1
    v6 = load.i64 v0
    brif v5, block2(v5), block3
block3:
    v7 = iadd v3, v6
    istore8 v7, v0
    v8 = iadd_imm v2, -1
    brif v8, block1(v8), block4
block4:
    v9 = load.i64 v0
    return v9
})");
    CHECK(made.after(opcode::load) == 2);
    for (const auto turns : {1U, 2U, 4U}) made.run({data_value::i64(turns)});
}

TEST_CASE("what cannot be reached neither goes nor writes") {
    const known made(R"(function %f(i64, i64) -> i64 {
block0(v0: i64, v1: i64):
    v2 = load.i64 v0
    jump block2
block1:
    store v1, v0
    v3 = load.i64 v0
    v4 = load.i64 v0
    jump block2
block2:
    v5 = load.i64 v0
    v6 = isub v2, v5
    return v6
})");
    CHECK(made.after(opcode::load) == 3);
    CHECK(made.result({data_value::i64(5)}) == 0);
}

TEST_CASE("an address of 32 bits is an address") {
    const known made(R"(function %f(i64, i64) -> i64 {
block0(v0: i64, v1: i64):
    v2 = ireduce.i32 v0
    store v1, v2+8
    v3 = load.i64 v2+8
    v4 = load.i64 v2
    v5 = iadd v3, v4
    return v5
})");
    CHECK(made.after(opcode::load) == 1);
    made.run({data_value::i64(5)});
}

TEST_CASE("loads of a hundred thousand blocks, each in the loop of the one before, take no age") {
    ir::function f;
    f.name = "f";
    f.signature.parameters.push_back({ir::type::i64});
    const std::size_t count = 100'000;
    for (std::size_t number = 0; number <= 2 * count; ++number) f.append_block();
    const auto address = f.append_parameter(f.entry(), ir::type::i64);
    const std::vector<ir::value> arguments{address};
    const auto stored = [&] {
        ir::instruction made;
        made.code = opcode::store;
        made.type = ir::type::i64;
        made.arguments = f.add_values(std::vector<ir::value>{address, address});
        return made;
    }();
    f.append(ir::block(count), stored);
    for (std::size_t number = 0; number <= 2 * count; ++number) {
        const ir::block at(number);
        ir::instruction load;
        load.code = opcode::load;
        load.type = ir::type::i64;
        load.arguments = f.add_values(arguments);
        f.append_result(f.append(at, load), ir::type::i64);
        ir::instruction last;
        if (number == 2 * count) {
            last.code = opcode::return_;
        } else if (number < count) {
            last.code = opcode::jump;
            last.targets = f.add_targets(std::vector<ir::block_call>{{ir::block(number + 1), {}}});
        } else {
            last.code = opcode::brif;
            last.type = ir::type::i64;
            last.arguments = f.add_values(arguments);
            const ir::block header(number == 2 * count - 1 ? 1 : 2 * count - number);
            last.targets = f.add_targets(
                std::vector<ir::block_call>{{header, {}}, {ir::block(number + 1), {}}});
        }
        f.append(at, last);
    }
    REQUIRE(ir::verify(f).empty());
    CHECK(palimpsest::pass::load_elimination()(f));
    CHECK(ir::verify(f).empty());
    // Each header joins the old and the stored content; after the store it is known.
    CHECK(palimpsest::test::count_of(f, opcode::load) == count);
}

TEST_CASE("many classes of memory in many loops are told apart, and what loops change is loaded") {
    for (const std::size_t count : {2U, 8U, 30U, 60U}) {
        const known made(nested_loops(count));
        const auto loads = [&](auto in) { return in(opcode::load) + in(opcode::stack_load); };
        // Known are: in the innermost loop and after all loops, what it wrote; at the end of each
        // loop but the innermost, the remaining turns; in the innermost, what it loaded at its
        // beginning, and the two slots that loops do not change.
        CHECK(loads([&](opcode code) { return made.before(code); }) -
                  loads([&](opcode code) { return made.after(code); }) ==
              2 * count + (count - 1) + 3);
        for (const std::uint64_t turns : {0U, 1U, 2U, 7U, 100U, 500U})
            made.run({data_value::i64(turns)});
    }
}

TEST_CASE("ten thousand classes of memory in ten thousand loops take no age") {
    auto code = ir::text::read_module(nested_loops(10'000));
    CHECK(palimpsest::pass::load_elimination()(code.functions.at(0)));
    CHECK(ir::verify(code).empty());
}
