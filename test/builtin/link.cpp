// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/builtin/link.hpp>
#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/inter_module.hpp>
#include <palimpsest/inline/inliner.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/verifier.hpp>

#include <string>
#include <vector>

#include "builtin/host_data.hpp"
#include "support/calls_in.hpp"
#include "support/thrown.hpp"

namespace builtin = palimpsest::builtin;
namespace decide = palimpsest::decide;
namespace inlining = palimpsest::inlining;
namespace ir = palimpsest::ir;
namespace linking = palimpsest::linking;
using Catch::Contains;
using ir::data_value;
using palimpsest::test::calls_in;
using palimpsest::test::host_of_test;

namespace {

std::string error_of(const std::vector<linking::module>& modules,
                     const linking::link_options& options = {}) {
    return palimpsest::test::text_of<linking::link_error>([&] { builtin::link(modules, options); });
}

std::vector<std::string> names_in(const linking::program& of) {
    std::vector<std::string> made;
    for (const auto& one : of.code.functions) made.push_back(one.name);
    return made;
}

std::uint64_t run(const ir::module& of, std::string_view name, std::uint64_t given,
                  host_of_test host = {}) {
    ir::interpreter<host_of_test> machine(of, {}, std::move(host));
    const std::vector<data_value> arguments{data_value::i32(given)};
    const auto outcome = machine.run(name, arguments);
    INFO((outcome.trap ? ir::name(outcome.trap->code) : std::string()));
    REQUIRE(outcome);
    return outcome.results.at(0).bits;
}

/// A function of one parameter that returns one more than the function it calls.
std::string calling(const std::string& name, const std::string& callee,
                    const std::string& declared = "(i32) -> i32") {
    return "function %" + name + "(i32) -> i32 {\n    fn0 = %\"" + callee + "\"" + declared +
           "\nblock0(v0: i32):\n    v1 = call fn0(v0)\n    v2 = iadd_imm v1, 1\n    return v2\n}\n";
}
const std::string triple =
    "function %triple(i32) -> i32 {\nblock0(v0: i32):\n    v1 = imul_imm v0, 3\n    return v1\n}\n";

}  // namespace

TEST_CASE("an import is bound to what another module exports by the name") {
    const std::vector modules{linking::module::guest("app", calling("run", "math/triple")),
                              linking::module::host("math", triple)};
    const auto made = builtin::link(modules);
    CHECK(names_in(made) == std::vector<std::string>{"app/run", "math/triple"});
    CHECK(ir::verify(made.code).empty());
    CHECK(made.open_functions.empty());
    CHECK(run(made.code, "app/run", 5) == 16);
    CHECK(made.facts[0].module == 0);
    CHECK(made.facts[1].module == 1);
    CHECK_FALSE(made.facts[0].is_private);
    CHECK(made.facts[1].is_private);
    CHECK(made.facts[1].is_builtin);
}

TEST_CASE("functions of one name in two modules are two functions") {
    const std::vector modules{
        linking::module::guest("app", calling("run", "helper") + calling("helper", "lib/run")),
        linking::module::guest("lib", calling("run", "helper") + "function %helper(i32) -> i32 "
                                                                 "{\nblock0(v0: i32):\n    v1 = "
                                                                 "imul_imm v0, 10\n    return "
                                                                 "v1\n}\n")
            .exporting({"run"})};
    const auto made = builtin::link(modules);
    CHECK(names_in(made) ==
          std::vector<std::string>{"app/run", "app/helper", "lib/run", "lib//helper"});
    CHECK(run(made.code, "app/run", 2) == 23);
}

TEST_CASE("what a module does not export cannot be called from another one") {
    const std::vector modules{
        linking::module::guest("app", calling("run", "lib/secret")),
        linking::module::host("lib", triple + "function %secret(i32) -> i32 {\nblock0(v0: i32):\n  "
                                              "  return v0\n}\n")
            .exporting({"triple"})};
    const auto made = builtin::link(modules);
    REQUIRE(made.open_functions.size() == 1);
    CHECK(made.open_functions[0].name == "lib/secret");
    CHECK(run(made.code, "app/run", 2, {0, {{"lib/secret", 100}}}) == 101);
    CHECK_THAT(
        error_of({linking::module::guest("app", calling("run", "lib//secret")), modules[1]}),
        Contains("module 'app': the import lib//secret has a name that begins with a slash"));
}

TEST_CASE("imports and exports can have other names than functions have") {
    auto guest = linking::module::guest("app", calling("run", "times"));
    guest.imports = {{"math", "3", "times"}};
    guest.exports = {{"start", "run"}};
    auto host = linking::module::host("math", triple);
    host.exports = {{"3", "triple"}, {"three", "triple"}};
    const std::vector modules{guest, host};
    const auto made = builtin::link(modules);
    CHECK(names_in(made) == std::vector<std::string>{"app/start", "math/3"});
    CHECK(run(made.code, "app/start", 5) == 16);
}

TEST_CASE("an import nobody provides stays one for the embedder, unless linking is closed") {
    const std::vector modules{linking::module::guest(
        "app",
        calling("run", "env/tick") + calling("other", "env/tick") + calling("plain", "log"))};
    const auto made = builtin::link(modules);
    REQUIRE(made.open_functions.size() == 2);
    CHECK(made.open_functions[0].name == "env/tick");
    CHECK(made.open_functions[1].name == "log");
    CHECK(run(made.code, "app/run", 5, {0, {{"env/tick", 7}}}) == 8);
    CHECK_THAT(error_of(modules, {.closed = true}),
               Contains("module 'app': nobody provides the import env/tick(i32) -> i32 fast, and "
                        "linking is closed") &&
                   Contains("nobody provides the import log"));
}

TEST_CASE("a guest that imports an intrinsic is refused by name") {
    const std::string text = calling("run", "intrinsics/u32-native-load", "(i64) -> i32");
    const std::string fitting =
        "function %run(i64) -> i32 {\n    fn0 = %\"intrinsics/u32-native-load\"(i64) -> "
        "i32\nblock0(v0: i64):\n    v1 = call fn0(v0)\n    return v1\n}\n";
    CHECK_THAT(error_of({linking::module::guest("app", fitting)}),
               Contains("module 'app': it imports the intrinsic u32-native-load") &&
                   Contains("only builtins may"));
    auto renamed = linking::module::guest(
        "app",
        "function %run(i64) -> i32 {\n    fn0 = %innocent(i64) -> i32\nblock0(v0: i64):\n    v1 = "
        "call fn0(v0)\n    return v1\n}\n");
    renamed.imports = {{"intrinsics", "u32-native-load", "innocent"}};
    CHECK_THAT(error_of({renamed}), Contains("it imports the intrinsic u32-native-load"));
    CHECK_THAT(error_of({linking::module::guest("intrinsics", triple)}),
               Contains("this name is that of the library's own"));
    CHECK(error_of({linking::module::host("app", fitting)}).empty());
}

TEST_CASE("a guest that names the host data's symbol is refused, and a builtin with any") {
    const auto naming = [](const std::string& symbol) {
        return "function %run() -> i64 {\n    gv0 = symbol %" + symbol +
               "\nblock0:\n    v0 = symbol_value.i64 gv0\n    return v0\n}\n";
    };
    CHECK_THAT(error_of({linking::module::guest("app", naming("host_data"))}),
               Contains("module 'app': %run refers to the symbol %host_data, which is the host's"));
    CHECK(error_of({linking::module::guest("app", naming("counter"))}).empty());
    CHECK_THAT(error_of({linking::module::host("lib", naming("counter"))}),
               Contains("module 'lib': a builtin has no state of its own, but %run refers to the "
                        "symbol %counter"));
}

TEST_CASE("a builtin with a memory, a table or a global of its own is refused") {
    auto host = linking::module::host("lib", triple);
    using linking::entity_type;
    const auto table = entity_type::table(linking::value_type::funcref, {});
    const auto global = entity_type::global(linking::value_type::i32, false);
    host.state = {entity_type::memory({}), table, global, global, table, global};
    const auto said = error_of({host});
    CHECK_THAT(said, Contains("module 'lib': a builtin has no state of its own, but this has 1 "
                              "memories") &&
                         Contains("2 tables") && Contains("3 globals"));
    host.kind = linking::module_kind::guest;
    CHECK(error_of({host}).empty());
}

TEST_CASE("a signature that is not what is provided says both") {
    const auto said =
        error_of({linking::module::guest("app",
                                         "function %run(i64) -> i32 {\n    fn0 = "
                                         "%\"math/triple\"(i64) -> i32\nblock0(v0: "
                                         "i64):\n    v1 = call fn0(v0)\n    return v1\n}\n"),
                  linking::module::host("math", triple)});
    CHECK_THAT(said,
               Contains("module 'app': %run calls math/triple as (i64) -> i32 fast, but it is "
                        "(i32) -> i32 fast"));
    CHECK_THAT(
        error_of({linking::module::guest("app", calling("run", "math/triple", "(i32) -> i32 tail")),
                  linking::module::host("math", triple)}),
        Contains("as (i32) -> i32 tail, but it is (i32) -> i32 fast"));
}

TEST_CASE("what is called with a vmctx is not called with a number of the guest's choice") {
    const std::string host =
        "function %get(i64 vmctx) -> i64 {\n    fn0 = %\"intrinsics/vmctx-host-data-address\"(i64 "
        "vmctx) -> i64\nblock0(v0: i64):\n    v1 = call fn0(v0)\n    return v1\n}\n";
    const auto guest = [](const std::string& purpose) {
        return "function %run(i64" + purpose + ") -> i64 {\n    fn0 = %\"host/get\"(i64" + purpose +
               ") -> i64\nblock0(v0: i64):\n    v1 = call fn0(v0)\n    return v1\n}\n";
    };
    CHECK_THAT(
        error_of({linking::module::guest("app", guest("")), linking::module::host("host", host)}),
        Contains("as (i64) -> i64 fast, but it is (i64 vmctx) -> i64 fast"));
    CHECK(error_of(
              {linking::module::guest("app", guest(" vmctx")), linking::module::host("host", host)})
              .empty());
}

TEST_CASE("imports that are listed count, though nobody calls them") {
    auto guest = linking::module::guest("app", triple);
    guest.imports = {{"intrinsics", "host-data-address", "q"}, {"nobody", "x", "z"}};
    const auto said = error_of({guest}, {.closed = true});
    CHECK_THAT(said, Contains("it imports the intrinsic host-data-address") &&
                         Contains("nobody provides the import nobody/x, and linking is closed"));
    guest.imports = {guest.imports[1]};
    CHECK(error_of({guest}).empty());
}

TEST_CASE("the host's data and state of a builtin's own are not reached as functions either") {
    const auto taking = [](const std::string& name) {
        return "function %run() -> i64 {\n    fn0 = %" + name +
               "()\nblock0:\n    v0 = func_addr.i64 fn0\n    return v0\n}\n";
    };
    CHECK_THAT(error_of({linking::module::guest("app", taking("host_data"))}),
               Contains("it refers to a function host_data, the name of the host's data"));
    CHECK_THAT(error_of({linking::module::host("lib", taking("counter"))}),
               Contains("%lib/run takes the address of counter, which nobody provides"));
    CHECK(error_of({linking::module::guest("app", taking("counter"))}).empty());
}

TEST_CASE("an open import is listed once for each signature that it is called with") {
    const std::vector modules{
        linking::module::guest("app", calling("a", "x/y") + calling("b", "x/y") +
                                          calling("c", "x/y", "(i32) -> i32 tail") +
                                          calling("d", "x/y", "(i32) -> i32 tail"))};
    CHECK(builtin::link(modules).open_functions.size() == 2);
}

TEST_CASE("a function that is exported by two names is found by both") {
    auto host = linking::module::host("math", triple);
    host.exports = {{"a", "triple"}, {"b", "triple"}};
    const auto made = builtin::link(std::vector{host}, {.roots = {"math/b"}});
    CHECK(made.find_export("math/a")->function == "math/a");
    CHECK(made.find_export("math/b")->function == "math/a");
    CHECK_FALSE(made.facts[0].is_private);
}

TEST_CASE("all that is wrong is in one report") {
    auto wrong = linking::module::guest("app", triple);
    wrong.exports = {{"nothing", "nothing"}, {"/odd", "triple"}, {"a", "triple"}, {"a", "triple"}};
    wrong.imports = {{"a/b", "c", "x"}, {"a", "", "y"}, {"a", "b", "y"}};
    try {
        builtin::link(std::vector{wrong}, {.roots = {"app/none", "other/run", "app"}});
        FAIL("nothing was refused");
    } catch (const linking::link_error& error) {
        CHECK(error.problems() ==
              palimpsest::light_vector<std::string>{
                  "module 'app': it exports %nothing, which it does not have",
                  "module 'app': an exported name is not empty, and does not begin with a slash",
                  "module 'app': it exports two functions as a",
                  "module 'app': the import 'a/b/c' is no name of a module and one that it can "
                  "export",
                  "module 'app': the import 'a/' is no name of a module and one that it can export",
                  "module 'app': it imports two functions as %y",
                  "the root app/none is exported by no module",
                  "the root other/run is exported by no module",
                  "the root app is exported by no module"});
    }
}

TEST_CASE("modules that are malformed, or of one name, are refused before anything is linked") {
    auto malformed = linking::module::guest("app", triple);
    malformed.code.functions[0].signature.results.clear();
    CHECK_THAT(error_of({malformed}), Contains("module 'app': %triple: "));
    CHECK_THAT(error_of({linking::module::guest("a", triple), linking::module::host("a", triple)}),
               Contains("module 'a': there are two modules of this name"));
    CHECK_THAT(error_of({linking::module::guest("a", triple + triple)}),
               Contains("module 'a': there are two functions %triple"));
    CHECK_THAT(error_of({linking::module::guest("", triple)}), Contains("not empty"));
    CHECK_THAT(error_of({linking::module::guest("a/b", triple)}), Contains("no slash"));
}

TEST_CASE("an intrinsic that is not there names those that are") {
    CHECK_THAT(error_of({linking::module::host("lib", calling("run", "intrinsics/u7-load"))}),
               Contains("there is no intrinsic u7-load; there are u8-native-load, "));
}

TEST_CASE("roots say what is called from outside, so that the rest can go") {
    const std::vector modules{
        linking::module::guest("app", calling("run", "math/triple") + calling("unused", "run")),
        linking::module::host("math", triple)};
    auto all = builtin::link(modules);
    auto some = builtin::link(modules, {.roots = {"app/run"}});
    inlining::inliner<decide::always> inliner;
    CHECK(inliner(all).functions_dropped == 1);
    CHECK(inliner(some).functions_dropped == 2);
    CHECK(names_in(some) == std::vector<std::string>{"app/run"});
}

TEST_CASE("a builtin whose address is taken keeps its body, inlined or not") {
    const std::vector modules{
        linking::module::guest(
            "app",
            "function %run(i32) -> i32 {\n    sig0 = (i32) -> i32\n    fn0 = %\"math/triple\" "
            "sig0\nblock0(v0: i32):\n    v1 = func_addr.i64 fn0\n    v2 = call fn0(v0)\n    v3 = "
            "call_indirect sig0, v1(v2)\n    return v3\n}\n"),
        linking::module::host("math", triple)};
    auto made = builtin::link(modules);
    CHECK(run(made.code, "app/run", 2) == 18);
    inlining::inliner<decide::always> inliner;
    const auto summary = inliner(made);
    CHECK(summary.inlined == 1);
    CHECK(summary.functions_dropped == 0);
    CHECK(names_in(made) == std::vector<std::string>{"app/run", "math/triple"});
    CHECK(run(made.code, "app/run", 2) == 18);
}

TEST_CASE("an adapter between two guests is inlined away, and the callee with it") {
    // The first guest uses i32, the second i64 and its own context.
    const std::string adapter = R"(
function %call(i32) -> i32 {
    fn0 = %"second/work"(i64, i64) -> i64
block0(v0: i32):
    v1 = iconst.i64 1000
    v2 = uextend.i64 v0
    v3 = call fn0(v1, v2)
    v4 = ireduce.i32 v3
    return v4
})";
    const std::string second = R"(
function %work(i64, i64) -> i64 {
block0(v0: i64, v1: i64):
    v2 = iadd v0, v1
    return v2
})";
    const std::vector modules{linking::module::guest("first", calling("run", "adapter/call")),
                              linking::module::host("adapter", adapter),
                              linking::module::guest("second", second)};
    auto made = builtin::link(modules, {.closed = true, .roots = {"first/run"}});
    CHECK(calls_in(made.code) == 2);
    CHECK(run(made.code, "first/run", 7) == 1008);
    inlining::inliner<decide::inter_module> inliner;
    CHECK(inliner(made).inlined == 2);
    CHECK(calls_in(made.code) == 0);
    CHECK(names_in(made) == std::vector<std::string>{"first/run"});
    CHECK(ir::verify(made.code).empty());
    CHECK(run(made.code, "first/run", 7) == 1008);
}

TEST_CASE("modules can import from each other in a circle") {
    const std::vector modules{linking::module::guest("a", R"(
function %down(i32) -> i32 {
    fn0 = %"b/down"(i32) -> i32
block0(v0: i32):
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    v2 = call fn0(v1)
    v3 = iadd_imm v2, 1
    return v3
block2:
    return v0
})"),
                              linking::module::guest("b", calling("down", "a/down"))};
    auto made = builtin::link(modules);
    CHECK(run(made.code, "a/down", 5) == 10);
    inlining::inliner<decide::always> inliner;
    CHECK(inliner(made).inlined > 0);
    CHECK(run(made.code, "a/down", 5) == 10);
}

TEST_CASE("alias regions keep their numbers when modules are joined, and are one by them") {
    const std::vector modules{linking::module::guest("app", R"(
function %run(i32) -> i32 {
    region0 = 40 "the guest's"
    ss0 = explicit_slot 8
    fn0 = %"host/put"(i64, i32)
block0(v0: i32):
    v1 = stack_addr.i64 ss0
    call fn0(v1, v0)
    v2 = load.i32 region0 v1
    return v2
})"),
                              linking::module::host("host", R"(
function %put(i64, i32) {
    region0 = 41 "not the guest's"
    region1 = 40 "what it passes"
block0(v0: i64, v1: i32):
    store region1 v1, v0
    store region0 v1, v0+4
    return
})")};
    auto made = builtin::link(modules);
    CHECK(made.code.functions[1].regions.size() == 2);
    inlining::inliner<decide::always> inliner;
    CHECK(inliner(made).inlined == 1);
    const auto& regions = made.code.functions[0].regions;
    REQUIRE(regions.size() == 2);
    CHECK(regions[ir::alias_region(0)] == ir::alias_region_data{40, "the guest's"});
    CHECK(regions[ir::alias_region(1)] == ir::alias_region_data{41, "not the guest's"});
    CHECK(run(made.code, "app/run", 5) == 5);
}
