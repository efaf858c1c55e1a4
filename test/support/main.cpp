// SPDX-License-Identifier: Apache-2.0
// Catch2 and the main function of every test executable.
//
// Exit status: 0 passed, 4 passed but something was skipped, 1 failed. Catch2 itself returns the
// number of failed assertions, among them 4; ctest must be able to tell four failures from a skip.

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/skip.hpp"
#include "support/steps.hpp"

namespace {

bool something_skipped = false;

// ctest shows what a test prints only if the test fails. test/run opens a descriptor for what must
// be seen.
void report(const std::string& line) {
    if (const char* descriptor = std::getenv("PALIMPSEST_REPORT_DESCRIPTOR")) {
        dprintf(std::atoi(descriptor), "%s\n", line.c_str());
    }
}

}  // namespace

void palimpsest::test::note_skip(std::string_view reason) {
    something_skipped = true;
    const std::string test = Catch::getResultCapture().getCurrentTestName();
    const std::string line = "skipped: " + test + ": " + std::string(reason);
    std::puts(line.c_str());
    report(line);
}

int main(int count, char** arguments) {
    constexpr int passed = 0;
    constexpr int failed = 1;
    constexpr int skipped = 4;

    Catch::Session session;
    // A name that matches nothing must not count as a pass.
    session.configData().warnings = Catch::WarnAbout::NoTests;
    session.cli(session.cli() | Catch::clara::Opt(palimpsest::test::steps,
                                                  "count")["--steps"]("steps of each random run"));
    if (session.applyCommandLine(count, arguments) != 0 || session.run() != 0) {
        return failed;
    }
    return something_skipped ? skipped : passed;
}
