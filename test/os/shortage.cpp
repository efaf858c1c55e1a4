// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/shortage.hpp>

#include <catch2/catch.hpp>

namespace os = palimpsest::os;

TEST_CASE("each shortage names the setting that is the limit") {
    const auto most = os::most_descriptors{}();
    REQUIRE(most);
    const auto process = os::advice_on_shortage(EMFILE);
    CHECK(process.find(std::to_string(most.value.soft)) != std::string::npos);
    CHECK(process.find("RLIMIT_NOFILE") != std::string::npos);
    CHECK(os::advice_on_shortage(ENFILE).find("fs.file-max") != std::string::npos);
    CHECK(os::advice_on_shortage(ENOMEM).find("vm.max_map_count") != std::string::npos);
    CHECK(os::advice_on_shortage(EPERM).empty());
    for (const int error : {EMFILE, ENFILE, ENOMEM}) CHECK(os::is_shortage(error));
    CHECK_FALSE(os::is_shortage(EPERM));
}
