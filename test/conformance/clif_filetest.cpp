// SPDX-License-Identifier: Apache-2.0
// Runs files of test cases in Cranelift's format, and reports what passed.
//
//     clif_filetest [--jobs N] [--inline-always] [--optimize] PATH...    files, or folders with
//     .clif files below
//
// In a file with `test run` or `test interpret`, a case is one `run:` line; with --inline-always
// every call by name is inlined first, and with --optimize the standard passes then run on each
// function. In a file with `test inline`, a case is the function expected after another one, once
// calls to the functions before it are inlined. The exit status is 0 if no case failed.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <mutex>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/pass/standard.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "../support/inline_calls.hpp"
#include "run_command.hpp"
#include "structure.hpp"

namespace fs = std::filesystem;
namespace ir = palimpsest::ir;
namespace test = palimpsest::test;

namespace {

struct tally {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;
    std::vector<std::string> remarks;  // a line for each that failed or was skipped
};

/// How functions are prepared before they are run.
struct preparation {
    bool inline_always = false;
    bool optimize = false;
};

/// The cases of one file.
class filetest {
  public:
    filetest(fs::path path, preparation how) : path_(std::move(path)), how_(how) {}

    tally run() {
        try {
            read();
            if (is_for({"test run", "test interpret"})) run_commands();
            if (is_for({"test inline", "test inline precise-output"})) check_inlining();
            if (tally_.passed + tally_.failed + tally_.skipped == 0) skip(1, why_no_case());
        } catch (const ir::text::error& wrong) {
            fail(wrong.where().line, wrong.what());
        } catch (const std::exception& wrong) {
            fail(1, wrong.what());
        }
        return std::move(tally_);
    }

  private:
    void read() {
        std::ifstream in(path_);
        if (!in) throw std::runtime_error("cannot be read");
        std::stringstream text;
        text << in.rdbuf();
        file_ = ir::text::read_file(text.str());
        for (const auto& item : file_.items) {
            if (item.function)
                module_.functions.push_back(*item.function);
            else
                lacking_.emplace(item.name, item.lacking);
        }
        for (const auto& problem : ir::verify(module_)) fail(1, problem.text);
    }

    std::string why_no_case() const {
        std::string tests;
        for (const auto& one : file_.commands)
            if (one.starts_with("test ")) tests += (tests.empty() ? "" : ", ") + one;
        return "it has no case of `test run`, `test interpret` or `test inline`; it is for: " +
               (tests.empty() ? "nothing" : tests);
    }
    bool is_for(std::initializer_list<std::string_view> commands) const {
        return std::find_first_of(file_.commands.begin(), file_.commands.end(), commands.begin(),
                                  commands.end()) != file_.commands.end();
    }

    // Files of functions to inline.

    void check_inlining() {
        ir::module before;
        for (const auto& item : file_.items) {
            if (item.function) check_inlining(item, before);
            if (item.function) before.functions.push_back(*item.function);
        }
    }
    void check_inlining(const ir::text::file_item& item, const ir::module& before) {
        std::string expected;
        for (const auto& comment : item.comments) expected += comment.text + '\n';
        const auto begin = expected.find("function %" + item.name);
        const bool nothing = expected.find("(no functions inlined") != std::string::npos;
        if (begin == std::string::npos && !nothing) return;
        const auto line = item.where.line;
        try {
            auto made = *item.function;
            const auto inlined = test::inline_calls(made, before);
            const auto problems = ir::verify(made);
            if (!problems.empty()) return fail(line, problems[0].text);
            if (nothing) return inlined == 0 ? pass() : fail(line, "something was inlined");
            const auto wanted = ir::text::read_function(std::string_view(expected).substr(begin));
            const auto difference = test::structure_comparison(made, wanted).difference();
            return difference.empty() ? pass() : fail(line, difference);
        } catch (const std::exception& wrong) {
            fail(line, wrong.what());
        }
    }

    // Files of functions to run.

    void run_commands() {
        if (how_.inline_always) {
            const auto bodies = module_;
            for (auto& one : module_.functions) test::inline_calls(one, bodies);
        }
        if (how_.optimize)
            for (auto& one : module_.functions) optimize(one);
        for (const auto& problem : ir::verify(module_)) fail(1, problem.text);
        for (const auto& item : file_.items) run(item);
    }
    /// The function is printed and read back before it runs.
    static void optimize(ir::function& of) {
        palimpsest::pass::standard{}(of);
        of = ir::text::read_function(ir::text::print(of));
    }
    void run(const ir::text::file_item& item) {
        for (const auto& comment : item.comments) {
            const auto begin = comment.text.find_first_not_of(' ');
            if (begin == std::string::npos) continue;
            const std::string_view text = std::string_view(comment.text).substr(begin);
            const bool command =
                text == "run" || text.starts_with("run:") || text.starts_with("print:");
            if (command) run(item, comment.where.line, text);
        }
    }
    void run(const ir::text::file_item& item, std::size_t line, std::string_view text) {
        try {
            const auto command = test::run_command_reader(text).read(item.name);
            if (const auto lacks = lacking_.find(command.function); lacks != lacking_.end())
                return skip(line, lacks->second);
            const auto* const called = module_.find(command.function);
            if (called == nullptr) return fail(line, "there is no function %" + command.function);
            check(command, *called, line);
        } catch (const std::exception& wrong) {
            fail(line, wrong.what());
        }
    }

    void check(const test::run_command& command, const ir::function& called, std::size_t line) {
        using comparison = test::run_command::comparison;
        const auto arguments = test::values_of(command.arguments, called.signature.parameters);
        ir::interpreter<> machine(module_, {.fuel = 100'000'000});
        const auto outcome = machine.run(called.name, arguments);
        if (outcome.trap && outcome.trap->code == ir::trap_code::no_body)
            if (const auto lacks = lacking_.begin(); lacks != lacking_.end())
                return skip(line, "calls what is not there: " + lacks->second);
        if (outcome.trap) return fail(line, "trap " + ir::name(outcome.trap->code));
        const auto& results = outcome.results;
        if (command.is == comparison::print) return pass();
        if (command.is == comparison::not_zero) {
            const bool holds = !results.empty() && results[0].bits != 0;
            return holds ? pass() : fail(line, "gives 0, or nothing");
        }
        const auto expected = test::values_of(command.expected, called.signature.results);
        if ((results == expected) == (command.is == comparison::equal)) return pass();
        fail(line, "gives " + test::text_of(results));
    }

    void pass() { ++tally_.passed; }
    void fail(std::size_t line, const std::string& why) {
        ++tally_.failed;
        remark("failed", line, why);
    }
    void skip(std::size_t line, const std::string& why) {
        ++tally_.skipped;
        remark("skipped", line, why);
    }
    void remark(const char* what, std::size_t line, const std::string& why) {
        tally_.remarks.push_back(std::string(what) + ": " + path_.string() + ":" +
                                 std::to_string(line) + ": " + why);
    }

    fs::path path_;
    preparation how_;
    ir::text::file file_;
    ir::module module_;
    std::unordered_map<std::string, std::string> lacking_;
    tally tally_;
};

std::vector<fs::path> files_at(const std::vector<std::string>& paths) {
    std::vector<fs::path> made;
    for (const auto& path : paths) {
        if (!fs::is_directory(path)) {
            made.emplace_back(path);
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.path().extension() == ".clif") made.push_back(entry.path());
    }
    std::sort(made.begin(), made.end());
    return made;
}

std::vector<tally> run_all(const std::vector<fs::path>& files, unsigned jobs, preparation how) {
    std::vector<tally> tallies(files.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (auto index = next++; index < files.size(); index = next++)
            tallies[index] = filetest(files[index], how).run();
    };
    std::vector<std::thread> workers;
    for (unsigned job = 1; job < jobs; ++job) workers.emplace_back(work);
    work();
    for (auto& one : workers) one.join();
    return tallies;
}

}  // namespace

int main(int count, char** values) {
    CLI::App options("Runs files of test cases in Cranelift's format.");
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::string> paths;
    options.add_option("--jobs", jobs, "Files at a time")->check(CLI::Range(1, 1024));
    preparation how;
    options.add_flag("--inline-always", how.inline_always,
                     "Inline every call by name before functions are run");
    options.add_flag("--optimize", how.optimize,
                     "Run the standard passes on functions before they are run");
    options.add_option("path", paths, "Files, or folders of .clif files")
        ->required()
        ->check(CLI::ExistingPath);
    CLI11_PARSE(options, count, values);

    tally all;
    for (const auto& one : run_all(files_at(paths), jobs, how)) {
        for (const auto& remark : one.remarks) std::cout << remark << '\n';
        all.passed += one.passed;
        all.failed += one.failed;
        all.skipped += one.skipped;
    }
    std::cout << all.passed << " passed, " << all.failed << " failed, " << all.skipped
              << " skipped\n";
    return all.failed == 0 ? 0 : 1;
}
