// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/standard.hpp>

#include "passed.hpp"

#include <random>

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

namespace {

/// A random function of blocks of some instructions: each block has three i32 as parameters, and
/// uses these, its own values and the function's.
class random_function {
  public:
    explicit random_function(unsigned seed) : random_(seed) {}

    std::string text() {
        text_ =
            "function %f(i32, i32, i64 vmctx) -> i32 {\nss0 = explicit_slot 8\n"
            "block0(v0: i32, v1: i32, v2: i64):\n";
        const auto blocks = 1 + below(7);
        for (unsigned number = 0; number <= blocks; ++number) add_block(number, blocks);
        return text_ + "}\n";
    }

  private:
    unsigned below(unsigned count) { return static_cast<unsigned>(random_() % count); }
    template <std::size_t Size>
    std::string any(const char* const (&all)[Size]) {
        return all[below(Size)];
    }
    std::string value() { return "v" + std::to_string(values_[below(unsigned(values_.size()))]); }
    std::string add(const std::string& operation) {
        const auto name = "v" + std::to_string(next_);
        text_ += name + " = " + operation + "\n";
        ++next_;
        return name;
    }
    void add_value(const std::string& operation) {
        add(operation);
        values_.push_back(next_ - 1);
    }
    std::string number() { return any({"0", "1", "-1", "2", "31", "7", "0x80000000"}); }

    void add_block(unsigned number, unsigned last) {
        values_ = {0, 1};
        if (number != 0) {
            text_ += "block" + std::to_string(number) + "(";
            for (int place = 0; place < 3; ++place) {
                text_ += (place == 0 ? "v" : ", v") + std::to_string(next_) + ": i32";
                values_.push_back(next_++);
            }
            text_ += "):\n";
        }
        for (auto count = below(7); count > 0; --count) add_instruction();
        end_block(last);
    }
    void add_instruction() {
        switch (below(12)) {
            case 0:
                return add_value("iconst.i32 " + number());
            case 1:
                return add_value(any({"iadd_imm ", "imul_imm ", "band_imm ", "ishl_imm ",
                                      "irsub_imm ", "bxor_imm "}) +
                                 value() + ", " + number());
            case 2:
                return add_value(any({"udiv ", "sdiv ", "urem ", "srem "}) + value() + ", " +
                                 value());
            case 3:
                return add_value(any({"sdiv_imm ", "urem_imm ", "udiv_imm "}) + value() + ", " +
                                 number());
            case 4:
                return add_value("select " + value() + ", " + value() + ", " + value());
            case 5:
                return add_value(
                    any({"uextend.i32 ", "sextend.i32 "}) +
                    add(any({"icmp eq ", "icmp slt ", "icmp uge "}) + value() + ", " + value()));
            case 6:
                return add_value("sextend.i32 " + add("ireduce.i16 " + value()));
            case 7:
                text_ += "store " + value() + ", v2+" + any({"0", "4", "61"}) + "\n";
                return;
            case 8:
                return add_value(any({"load.i32 v2", "load.i32 v2+4", "load.i32 v2+62",
                                      "load.i32 notrap v2+4", "stack_load.i32 ss0"}));
            case 9:
                text_ += any({"trapz ", "trapnz "}) + value() + ", user" + any({"1", "2"}) + "\n";
                return;
            case 10:
                text_ += "stack_store " + value() + ", ss0\n";
                return;
            default:
                return add_value(
                    any({"iadd ", "isub ", "imul ", "bor ", "bxor ", "ushr ", "rotl ", "umin "}) +
                    value() + ", " + value());
        }
    }
    std::string target(unsigned last) {
        return "block" + std::to_string(1 + below(last)) + "(" + value() + ", " + value() + ", " +
               value() + ")";
    }
    void end_block(unsigned last) {
        switch (below(6)) {
            case 0:
                text_ += "return " + value() + "\n";
                return;
            case 1:
                text_ += "jump " + target(last) + "\n";
                return;
            case 2:
                text_ += "br_table " + value() + ", " + target(last) + ", [" + target(last) + ", " +
                         target(last) + "]\n";
                return;
            default:
                text_ += "brif " + value() + ", " + target(last) + ", " + target(last) + "\n";
        }
    }

    std::mt19937 random_;
    std::string text_;
    std::vector<unsigned> values_;
    unsigned next_ = 3;
};

template <class Pass>
std::size_t changed_of_random_functions() {
    std::size_t changed = 0;
    for (unsigned seed = 0; seed < 150; ++seed) {
        auto of = ir::text::read_function(random_function(seed).text());
        test::check_well_formed(of);
        // Passes also have to handle what other passes leave.
        if (seed % 3 == 1) pass::pipeline<pass::branch_folding, pass::dead_code>{}(of);
        if (seed % 3 == 2) pass::pipeline<pass::constant_folding, pass::constant_parameters>{}(of);
        changed += test::pass_checked<Pass>(of) ? 1 : 0;
    }
    return changed;
}

}  // namespace

TEMPLATE_TEST_CASE("random functions do the same after a pass", "", pass::standard,
                   pass::constant_folding, pass::branch_folding, pass::constant_parameters,
                   pass::block_merging, pass::alias_resolution, pass::dead_code,
                   pass::unreachable_blocks, pass::value_numbering, pass::load_elimination) {
    CHECK(changed_of_random_functions<TestType>() > 5);
}

TEST_CASE("what is known of an inlined body is left of it") {
    CHECK(test::after<pass::standard>(
              "v3 = iconst.i32 4\njump block1(v3, v0)\n"
              "block1(v4: i32, v5: i32):\nv6 = icmp_imm ugt v4, 3\nbrif v6, block2(v4), block3\n"
              "block2(v7: i32):\nv8 = imul v5, v7\njump block4(v8)\n"
              "block3:\ntrap user1\n"
              "block4(v9: i32):\nv10 = isub v9, v4\nreturn v10\n") ==
          "v8 = imul_imm v0, 4\nv10 = iadd_imm v8, -4\nreturn v10\n");
}

TEST_CASE("the standard passes leave nothing for a second run") {
    auto of = ir::text::read_function(
        "function %f(i32, i32) -> i32 {\nblock0(v0: i32, v1: i32):\nv2 = iconst.i32 3\n"
        "v3 = iadd v0, v2\nbrif v3, block1(v3), block1(v1)\nblock1(v4: i32):\nreturn v4\n}");
    CHECK(test::pass_checked<pass::standard>(of));
    CHECK_FALSE(test::pass_checked<pass::standard>(of));
}
