// SPDX-License-Identifier: Apache-2.0
// A file in memory that nobody can change once it is sealed.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/raw.hpp>
#include <span>

namespace palimpsest::os {

/// Makes an empty, sealable file in memory, and returns its descriptor. `label` is shown in
/// /proc/self/maps. The file can never be executed, except on kernels before Linux 6.3.
struct create_memory_file {
    static constexpr std::string_view name = "memfd_create";
    /// Retries without MFD_NOEXEC_SEAL if the kernel does not know it.
    outcome<int> operator()(const char* label) const noexcept {
        constexpr unsigned never_executable = 0x0008U;  // MFD_NOEXEC_SEAL, not in every header
        const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
        const int file = ::memfd_create(label, flags | never_executable);
        if (file >= 0 || errno != EINVAL) return outcome_of<int>(file);
        return outcome_of<int>(::memfd_create(label, flags));
    }
};

/// Makes the file `bytes` long. Bytes that this adds are zeros, and take no memory yet.
struct resize_file {
    static constexpr std::string_view name = "ftruncate";
    status operator()(int file, std::size_t bytes) const noexcept {
        return status_of(::ftruncate(file, static_cast<off_t>(bytes)));
    }
};

/// Writes all of `bytes` at `offset`. Returns ENOSPC if the file takes no more.
struct write_file {
    static constexpr std::string_view name = "pwrite";
    status operator()(int file, std::span<const std::byte> bytes,
                      std::size_t offset) const noexcept {
        while (!bytes.empty()) {
            const auto written =
                raw::write_at(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return {{}, written < 0 ? errno : ENOSPC};
            bytes = bytes.subspan(static_cast<std::size_t>(written));
            offset += static_cast<std::size_t>(written);
        }
        return {};
    }
};

/// Reads how many bytes of memory the file takes, in whole pages.
struct bytes_taken {
    static constexpr std::string_view name = "fstat";
    outcome<std::size_t> operator()(int file) const noexcept {
        struct stat its {};
        if (::fstat(file, &its) != 0) return {0, errno};
        return {static_cast<std::size_t>(its.st_blocks) * 512, 0};
    }
};

/// Gives the memory of whole pages of the file back; they read as zeros from then on. `offset` and
/// `bytes` are in bytes.
struct punch_hole {
    static constexpr std::string_view name = "fallocate";
    status operator()(int file, std::size_t offset, std::size_t bytes) const noexcept {
        return status_of(raw::allocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                       static_cast<off_t>(offset), static_cast<off_t>(bytes)));
    }
};

/// Seals the file for good: nobody can write, grow or shrink it any more, or lift these rules.
struct seal_file {
    static constexpr std::string_view name = "fcntl";
    status operator()(int file) const noexcept {
        return status_of(
            ::fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL));
    }
};

}  // namespace palimpsest::os
