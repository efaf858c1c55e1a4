// SPDX-License-Identifier: Apache-2.0
// Address space: reserving it, mapping memory and files into it, protecting and giving it back.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>

namespace palimpsest::os {

/// Reserves `bytes` of address space, which nothing can access and which commits no memory.
struct reserve {
    static constexpr std::string_view name = "mmap";
    outcome<address_range> operator()(std::size_t bytes) const noexcept {
        void* const at =
            ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED) return {{}, errno};
        const auto begin = reinterpret_cast<std::uintptr_t>(at);
        return {{begin, begin + bytes}, 0};
    }
};

/// Maps fresh inaccessible pages over `range`, and discards what it held.
struct map_inaccessible {
    static constexpr std::string_view name = "mmap";
    status operator()(address_range range) const noexcept {
        void* const at = ::mmap(range.data(), range.size(), PROT_NONE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        return at == MAP_FAILED ? status{{}, errno} : status{};
    }
};

/// Maps a file copy-on-write over `range`, readable and writable, and discards what it held.
/// `file_offset` is in bytes, a multiple of the page size.
struct map_copy_on_write {
    static constexpr std::string_view name = "mmap";
    status operator()(address_range range, int file, std::size_t file_offset) const noexcept {
        void* const at =
            ::mmap(range.data(), range.size(), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED, file, static_cast<off_t>(file_offset));
        return at == MAP_FAILED ? status{{}, errno} : status{};
    }
};

/// Maps the first `bytes` of a file for reading, at an address that the kernel chooses.
struct map_readable {
    static constexpr std::string_view name = "mmap";
    outcome<address_range> operator()(int file, std::size_t bytes) const noexcept {
        void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
        if (at == MAP_FAILED) return {{}, errno};
        const auto begin = reinterpret_cast<std::uintptr_t>(at);
        return {{begin, begin + bytes}, 0};
    }
};

/// Removes the mappings of `range`, and frees its address space.
struct unmap {
    static constexpr std::string_view name = "munmap";
    status operator()(address_range range) const noexcept {
        return status_of(::munmap(range.data(), range.size()));
    }
};

/// Makes the pages of `range` readable and writable. Their contents stay.
struct make_accessible {
    static constexpr std::string_view name = "mprotect";
    status operator()(address_range range) const noexcept {
        return status_of(::mprotect(range.data(), range.size(), PROT_READ | PROT_WRITE));
    }
};

/// Makes any access to `range` fault. The pages keep their contents and their memory.
struct make_inaccessible {
    static constexpr std::string_view name = "mprotect";
    status operator()(address_range range) const noexcept {
        return status_of(::mprotect(range.data(), range.size(), PROT_NONE));
    }
};

/// Gives the pages of `range` back to the kernel. The next access finds zeros, or the file's
/// contents where a file is mapped copy-on-write.
struct decommit {
    static constexpr std::string_view name = "madvise";
    status operator()(address_range range) const noexcept {
        return status_of(::madvise(range.data(), range.size(), MADV_DONTNEED));
    }
};

/// Asks for small pages, each with its own place in memory: no huge pages, and no merging of equal
/// pages (KSM). A kernel built without either returns EINVAL, which counts as success.
struct refuse_merging {
    static constexpr std::string_view name = "madvise";
    status operator()(address_range range) const noexcept {
        for (const int advice : {MADV_NOHUGEPAGE, MADV_UNMERGEABLE}) {
            const auto answer = status_of(::madvise(range.data(), range.size(), advice));
            if (!answer && answer.error != EINVAL) return answer;
        }
        return {};
    }
};

/// Owns a range of mapped addresses, and unmaps it when it is destroyed. It can be moved but not
/// copied; a default-constructed or moved-from one owns nothing.
class mapping {
  public:
    mapping() = default;
    explicit mapping(address_range range) noexcept : range_(range) {}
    mapping(mapping&& other) noexcept : range_(std::exchange(other.range_, {})) {}
    mapping& operator=(mapping&& other) noexcept {
        std::swap(range_, other.range_);
        return *this;
    }
    ~mapping() {
        if (!range_.empty()) (void)unmap{}(range_);
    }

    address_range range() const noexcept { return range_; }

  private:
    address_range range_{};
};

}  // namespace palimpsest::os
