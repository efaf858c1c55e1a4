// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/link/link.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/verifier.hpp>

#include <string>
#include <vector>

#include "support/thrown.hpp"

namespace linking = palimpsest::linking;
using Catch::Contains;
using linking::entity_kind;
using linking::entity_ref;
using linking::entity_type;
using linking::export_;
using linking::module;
using linking::value_type;

namespace {

const std::string triple =
    "function %triple(i32) -> i32 {\nblock0(v0: i32):\n    v1 = imul_imm v0, 3\n    return v1\n}\n";
const std::string calling =
    "function %run(i32) -> i32 {\n    fn0 = %times(i32) -> i32\nblock0(v0: i32):\n    v1 = call "
    "fn0(v0)\n    return v1\n}\n";
const auto from_i32_to_i32 = entity_type::function({value_type::i32}, {value_type::i32});
const auto from_i64_to_f32 =
    entity_type::function({value_type::i64, value_type::i32}, {value_type::f32});

std::string error_of(const std::vector<module>& modules,
                     const linking::link_options& options = {}) {
    return palimpsest::test::text_of<linking::link_error>([&] { linking::link(modules, options); });
}

/// A module with a memory of 2 to 4 pages, a table of 10 elements and a mutable global of i64.
module library() {
    auto made = module::guest("lib", triple);
    made.state = {entity_type::memory({2, 4}), entity_type::table(value_type::funcref, {10}),
                  entity_type::global(value_type::i32, false),
                  entity_type::global(value_type::i64, true)};
    made.exports = {export_::entity("memory", entity_kind::memory, 0),
                    export_::entity("table", entity_kind::table, 0),
                    export_::entity("count", entity_kind::global, 1),
                    {"triple", "triple", from_i32_to_i32}};
    return made;
}

module importing(const std::string& name, const entity_type& type) {
    auto made = module::guest("app", triple);
    made.imports = {{"lib", name, {}, type}};
    return made;
}

}  // namespace

TEST_CASE("each memory, table and global of a module leads to one of the program's") {
    auto app = module::guest("app", triple);
    app.imports = {{"lib", "memory", {}, entity_type::memory({1, 4})},
                   {"lib", "table", {}, entity_type::table(value_type::funcref, {10})},
                   {"env", "other", {}, entity_type::memory({1})},
                   {"lib", "count", {}, entity_type::global(value_type::i64, true)}};
    app.state = {entity_type::memory({7, 7})};
    app.exports = {export_::entity("m", entity_kind::memory, 2),
                   export_::entity("o", entity_kind::memory, 1)};
    const auto made = linking::link(std::vector{app, library()});

    REQUIRE(made.entities.size() == 5);
    CHECK(made.entities[0] == linking::own_entity{0, 0, entity_type::memory({7, 7})});
    CHECK(made.entities[1] == linking::own_entity{1, 0, entity_type::memory({2, 4})});
    CHECK(made.entities[4] ==
          linking::own_entity{1, 3, entity_type::global(value_type::i64, true)});
    REQUIRE(made.open_entities.size() == 1);
    CHECK(made.open_entities[0] == linking::open_entity{"env/other", entity_type::memory({1})});

    REQUIRE(made.modules.size() == 2);
    CHECK(made.modules[0].memories ==
          palimpsest::light_vector<entity_ref>{{false, 1}, {true, 0}, {false, 0}});
    CHECK(made.modules[0].tables == palimpsest::light_vector<entity_ref>{{false, 2}});
    CHECK(made.modules[0].globals == palimpsest::light_vector<entity_ref>{{false, 4}});
    CHECK(made.modules[1].globals == palimpsest::light_vector<entity_ref>{{false, 3}, {false, 4}});

    REQUIRE(made.find_export("app/m"));
    CHECK(made.find_export("app/m")->type.kind == entity_kind::memory);
    CHECK(made.find_export("app/m")->entity == entity_ref{false, 0});
    CHECK(made.find_export("app/o")->entity == entity_ref{true, 0});
    CHECK(made.find_export("lib/count")->entity == entity_ref{false, 4});
    CHECK(made.find_export("lib/triple")->type == from_i32_to_i32);
    CHECK_FALSE(made.find_export("app/none"));
    CHECK_FALSE(made.find_export("lib/table/"));
}

TEST_CASE("an import of a memory, table or global fits what is exported, or both types are said") {
    const auto said = [](const entity_type& type, const char* name) {
        return error_of({importing(name, type), library()});
    };
    CHECK(said(entity_type::memory({2, 4}), "memory").empty());
    CHECK(said(entity_type::memory({1, 5}), "memory").empty());
    CHECK(said(entity_type::memory({0}), "memory").empty());
    CHECK_THAT(
        said(entity_type::memory({3, 4}), "memory"),
        Contains("module 'app': the import lib/memory is a memory of 3..4 pages, but what is "
                 "exported is a memory of 2..4 pages"));
    CHECK_THAT(said(entity_type::memory({1, 3}), "memory"),
               Contains("is a memory of 1..3 pages, but"));
    CHECK(said(entity_type::table(value_type::funcref, {9}), "table").empty());
    CHECK_THAT(said(entity_type::table(value_type::funcref, {9, 10}), "table"),
               Contains("is a table of 9..10 elements of funcref, but what is exported is a table "
                        "of 10.. elements of funcref"));
    CHECK_THAT(said(entity_type::table(value_type::externref, {9}), "table"),
               Contains("elements of externref, but"));
    CHECK(said(entity_type::global(value_type::i64, true), "count").empty());
    CHECK_THAT(said(entity_type::global(value_type::i64, false), "count"),
               Contains("is a constant global of i64, but what is exported is a mutable global of "
                        "i64"));
    CHECK_THAT(said(entity_type::global(value_type::f64, true), "count"),
               Contains("is a mutable global of f64, but"));
}

TEST_CASE("what is of another kind is not imported") {
    CHECK_THAT(
        error_of({importing("memory", entity_type::global(value_type::i32, false)), library()}),
        Contains("the import lib/memory is a constant global of i32, but what is "
                 "exported is a memory of 2..4 pages"));
    CHECK_THAT(error_of({importing("triple", entity_type::memory({})), library()}),
               Contains("the import lib/triple is a memory of 0.. pages, but what is exported "
                        "is a function (i32) -> (i32)"));
    auto app = module::guest("app", calling);
    app.imports = {{"lib", "table", "times"}};
    CHECK_THAT(error_of({app, library()}),
               Contains("the import lib/table is a function, but what is exported is a table") &&
                   Contains("it calls lib/table, which is a table"));
    CHECK_THAT(error_of({app, library()}, {.roots = {"lib/memory"}}),
               Contains("the root lib/memory is no function, but a memory"));
}

TEST_CASE("functions that have wasm types on both sides are compared by these too") {
    auto app = module::guest("app", calling);
    app.imports = {{"lib", "triple", "times", from_i64_to_f32}};
    CHECK(
        error_of({app, library()}) ==
        "palimpsest: link: module 'app': the import lib/triple is a function (i64, i32) -> (f32), "
        "but what is exported is a function (i32) -> (i32)");
    app.imports = {{"lib", "triple", "times", from_i32_to_i32}};
    CHECK(error_of({app, library()}).empty());
    app.imports = {{"lib", "triple", "times"}};
    CHECK(error_of({app, library()}).empty());
    auto untyped = library();
    untyped.exports[3].type = {};
    app.imports = {{"lib", "triple", "times", from_i64_to_f32}};
    CHECK(error_of({app, untyped}).empty());
}

TEST_CASE("a module passes on what it imports") {
    auto between = module::guest("between", calling);
    between.imports = {{"lib", "triple", "times"},
                       {"lib", "memory", {}, entity_type::memory({})},
                       {"env", "log", "log"}};
    between.exports = {
        {"f", "times"}, export_::entity("m", entity_kind::memory, 0), {"log", "log"}};
    auto app = module::guest("app", calling);
    app.imports = {{"between", "f", "times", from_i32_to_i32},
                   {"between", "m", {}, entity_type::memory({2, 4})}};
    const auto made = linking::link(std::vector{app, between, library()});
    CHECK(made.code.functions[0].functions[palimpsest::ir::function_ref(0)].name == "lib/triple");
    CHECK(made.open_functions.empty());
    CHECK(made.modules[0].memories == palimpsest::light_vector<entity_ref>{{false, 0}});
    CHECK(made.find_export("between/f")->function == "lib/triple");
    CHECK(made.find_export("between/f")->type == from_i32_to_i32);
    CHECK(made.find_export("between/log")->function == "env/log");
    CHECK_FALSE(made.facts[2].is_private);

    app.imports[1].type = entity_type::memory({3, 4});
    CHECK_THAT(error_of({app, between, library()}),
               Contains("the import between/m is a memory of 3..4 pages, but"));
    app.imports = {{"between", "log", "times"}};
    CHECK(linking::link(std::vector{app, between, library()}).open_functions[0].name == "env/log");
}

TEST_CASE("what is passed on in a circle is refused, and not looked for without end") {
    auto one = module::guest("one", triple);
    one.imports = {{"two", "m", {}, entity_type::memory({})}, {"two", "f", "f"}};
    one.exports = {export_::entity("m", entity_kind::memory, 0), {"f", "f"}};
    auto two = one;
    two.name = "two";
    for (auto& import : two.imports) import.module = "one";
    CHECK_THAT(error_of({one, two}),
               Contains("module 'one': the import two/m is passed on in a circle") &&
                   Contains("module 'two': the import one/f is passed on in a circle"));
}

TEST_CASE("an entity that nobody provides is listed once for each type, unless linking is closed") {
    auto app = importing("none", entity_type::memory({1}));
    app.imports.push_back(app.imports[0]);
    app.imports.push_back({"lib", "none", {}, entity_type::memory({2})});
    const auto made = linking::link(std::vector{app});
    CHECK(made.open_entities.size() == 2);
    CHECK(made.modules[0].memories ==
          palimpsest::light_vector<entity_ref>{{true, 0}, {true, 0}, {true, 1}});
    CHECK_THAT(error_of({app}, {.closed = true}),
               Contains("nobody provides the import lib/none, and linking is closed"));
}

TEST_CASE("an entity that a module exports and does not have is refused by its number") {
    auto lib = library();
    lib.exports.push_back(export_::entity("x", entity_kind::table, 1));
    lib.exports.push_back(export_::entity("y", entity_kind::function, 0));
    lib.exports.push_back(export_::entity("count", entity_kind::memory, 0));
    CHECK_THAT(error_of({lib}),
               Contains("module 'lib': it exports table 1, which it does not have") &&
                   Contains("it exports %, which it does not have") &&
                   Contains("it exports two entities as count"));
}

TEST_CASE("intrinsics are what the caller passes, and builtins alone reach them") {
    const auto own = module::host(
        "own", triple +
                   "function %where() -> i64 {\n    gv0 = symbol %hidden\nblock0:\n    v0 = "
                   "symbol_value.i64 gv0\n    return v0\n}\n");
    const std::string text =
        "function %run(i32) -> i32 {\n    fn0 = %\"own/triple\"(i32) -> i32\nblock0(v0: i32):\n    "
        "v1 = call fn0(v0)\n    return v1\n}\n";
    const linking::link_options options{.intrinsics = &own};
    const auto made = linking::link(std::vector{module::host("lib", text)}, options);
    REQUIRE(made.code.functions.size() == 2);
    CHECK(made.code.functions[1].name == "own/triple");
    CHECK(made.facts[1].is_builtin);
    CHECK(palimpsest::ir::verify(made.code).empty());

    CHECK_THAT(error_of({module::guest("lib", text)}, options),
               Contains("it imports the intrinsic triple"));
    CHECK(error_of({module::guest("lib", text)}).empty());
    CHECK_THAT(error_of({module::guest("app",
                                       "function %x() -> i64 {\n    gv0 = symbol "
                                       "%hidden\nblock0:\n    v0 = symbol_value.i64 "
                                       "gv0\n    return v0\n}\n")},
                        options),
               Contains("by the intrinsic where"));

    auto leak = module::host("lib", triple);
    leak.imports = {{"own", "triple", "inner"}, {"own", "m", {}, entity_type::memory({})}};
    leak.exports = {{"outer", "inner"}};
    CHECK_THAT(error_of({leak}, options),
               Contains("it exports the intrinsic triple, which only builtins call") &&
                   Contains("the import own/m is a memory, but intrinsics are functions"));
}

TEST_CASE("an import that is passed on keeps the type that was asked for") {
    auto app = module::guest("g", triple);
    app.imports = {{"env", "glob", {}, entity_type::global(value_type::f64, true)},
                   {"env", "mem", {}, entity_type::memory({1, 16})}};
    app.exports = {export_::entity("x", entity_kind::global, 0),
                   export_::entity("m", entity_kind::memory, 0)};
    const auto made = linking::link(std::vector{app});
    CHECK(made.find_export("g/x")->type == entity_type::global(value_type::f64, true));
    CHECK(made.find_export("g/m")->type == entity_type::memory({1, 16}));

    auto user = module::guest("a", triple);
    user.imports = {{"g", "m", {}, entity_type::memory({2, 3})}};
    CHECK(error_of({user, app}).empty());
    user.imports = {{"g", "x", {}, entity_type::global(value_type::i32, false)}};
    CHECK_THAT(error_of({user, app}),
               Contains("module 'a': the import g/x is a constant global of i32, but what is "
                        "exported is a mutable global of f64"));
    auto caller = module::guest("c", calling);
    caller.imports = {{"g", "m", "times"}};
    CHECK_THAT(error_of({caller, app}), Contains("it calls g/m, which is a memory"));
}

TEST_CASE("imports that a module passes on to itself are followed in linear time") {
    auto app = module::guest("g", triple);
    constexpr int count = 20'000;
    for (int number = 0; number < count; ++number) {
        const auto local = "l" + std::to_string(number);
        app.imports.push_back({"g", "x" + std::to_string(number + 1), local});
        app.exports.push_back({"x" + std::to_string(number), local});
    }
    const auto made = linking::link(std::vector{app});
    CHECK(made.find_export("g/x0")->function == "g/x20000");
    app.exports.push_back({"x20000", "triple"});
    CHECK(linking::link(std::vector{app}).find_export("g/x0")->function == "g/x20000");
    app.exports[count].function = "l0";
    CHECK_THAT(error_of({app}), Contains("the import g/x1 is passed on in a circle"));
}

TEST_CASE("intrinsics are checked, and call nothing") {
    auto own = module::host("own", calling);
    CHECK_THAT(error_of({}, {.intrinsics = &own}),
               Contains("module 'own': the intrinsic %run refers to the function %times"));
    own = module::host("own", triple);
    own.code.functions[0].signature.results.clear();
    CHECK_THAT(error_of({}, {.intrinsics = &own}), Contains("module 'own': %triple: "));
    own = module::host("a/b", triple);
    CHECK_THAT(error_of({}, {.intrinsics = &own}), Contains("has no slash"));
}
