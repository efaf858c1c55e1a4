// SPDX-License-Identifier: Apache-2.0
// The errors of building a pool if the process, not the kernel, lacks what a backend needs. Each is
// tested in a child, since what is taken from a process does not come back.

#include <palimpsest/pool.hpp>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "support/child.hpp"
#include "support/kernel.hpp"
#include "support/sanitizer.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// The error of building a pool with the backend in a child that `take` took something from;
/// "cannot" if the child cannot be made to lack it.
template <class Dirty, class Take>
std::string refusal(Take&& take) {
    return test::child([&]() -> std::string {
               if (!take()) return "cannot";
               return test::text_of<std::system_error>([] {
                   const ps::instance_pool<Dirty> pool({.slots = 1, .memory = {.maximum = 1_MiB}});
               });
           })
        .wait();
}

void check_says(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
}

constexpr const char* needs_descriptors = "the sanitizer itself needs file descriptors";

bool unmount_proc() {
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::umount2("/proc", MNT_DETACH) == 0;
}

bool become_undumpable() {
    return (::geteuid() != 0 || ::setuid(65'534) == 0) && ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

bool take_descriptors(rlim_t left) {
    const int next = ::dup(0);
    ::close(next);
    const rlimit limit{static_cast<rlim_t>(next) + left, 4'096};
    return next >= 0 && ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/// Makes a system call of the process fail with EPERM.
bool forbid(long call) {
    std::array<sock_filter, 4> filter{{
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(call)},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    }};
    const sock_fprog program{filter.size(), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

TEMPLATE_TEST_CASE("without /proc, the error says that it is not mounted", "",
                   ps::dirty::pagemap_scan, ps::dirty::write_protect, ps::dirty::adaptive<>,
                   ps::dirty::fault_gate<>, ps::dirty::soft_dirty) {
    PALIMPSEST_SKIP_UNLESS(!test::address_sanitizer, "the sanitizer itself needs /proc");
    const auto text = refusal<TestType>(unmount_proc);
    PALIMPSEST_SKIP_UNLESS(text != "cannot", "/proc cannot be unmounted here");
    check_says(text, "/proc/self/pagemap");
    check_says(text, "/proc is not mounted");
    check_says(text, "dirty::everything");
    CHECK(text.find("6.7") == std::string::npos);
}

TEMPLATE_TEST_CASE("in a process that is not dumpable, the error says so", "",
                   ps::dirty::pagemap_scan, ps::dirty::write_protect, ps::dirty::adaptive<>,
                   ps::dirty::fault_gate<>, ps::dirty::soft_dirty) {
    const auto text = refusal<TestType>(become_undumpable);
    PALIMPSEST_SKIP_UNLESS(text != "cannot", "the user of the process cannot be changed");
    check_says(text, "not dumpable");
    check_says(text, "prctl(PR_SET_DUMPABLE, 1)");
    CHECK(text.find("6.7") == std::string::npos);
}

TEMPLATE_TEST_CASE("with too few file descriptors, the error names their limit", "",
                   ps::dirty::pagemap_scan, ps::dirty::write_protect, ps::dirty::adaptive<>,
                   ps::dirty::fault_gate<>) {
    PALIMPSEST_NEEDS(TestType);
    PALIMPSEST_SKIP_UNLESS(!test::address_sanitizer, needs_descriptors);
    for (const rlim_t left : {0U, 1U}) {
        const auto text = refusal<TestType>([&] { return take_descriptors(left); });
        // A scan alone needs one.
        if (left == 1 && TestType::finds_every_resident_page) {
            CHECK(text.empty());
            continue;
        }
        check_says(text, "RLIMIT_NOFILE");
        check_says(text, "the hard limit is 4096");
        check_says(text, "ulimit -n");
        CHECK(text.find("6.7") == std::string::npos);
    }
}

TEMPLATE_TEST_CASE("where userfaultfd is forbidden, the error says by what", "",
                   ps::dirty::write_protect, ps::dirty::adaptive<>) {
    PALIMPSEST_NEEDS(TestType);
    const auto text = refusal<TestType>([] { return forbid(SYS_userfaultfd); });
    PALIMPSEST_SKIP_UNLESS(text != "cannot", "no seccomp filter can be installed here");
    check_says(text, "seccomp");
    check_says(text, "vm.unprivileged_userfaultfd");
    CHECK(text.find("6.7") == std::string::npos);
}

TEST_CASE("first_supported goes by what the process may use") {
    CHECK(refusal<ps::dirty::first_supported<ps::dirty::pagemap_scan, ps::dirty::everything>>(
              become_undumpable)
              .empty());
}

TEST_CASE("an image for which no file descriptor is left names the limit, and what takes them") {
    PALIMPSEST_SKIP_UNLESS(!test::address_sanitizer, needs_descriptors);
    const auto text = test::child([]() -> std::string {
                          if (!take_descriptors(5)) return "cannot";
                          std::vector<ps::image> images;
                          auto said = test::text_of<std::system_error>([&] {
                              for (;;) images.push_back(ps::image::zeroed(1));
                          });
                          if (images.size() < 3 || images.size() > 5)
                              return "wrong number of images";
                          images.pop_back();
                          (void)ps::image::zeroed(1);
                          return said;
                      }).wait();
    check_says(text, "RLIMIT_NOFILE");
    check_says(text, "the hard limit is 4096");
    check_says(text, "an image takes one file descriptor");
    check_says(text, "ulimit -n");
}
