// SPDX-License-Identifier: Apache-2.0
// An array of zeros that commits no memory for the parts that are never written. It holds a note
// for each page of a large range of which an instance uses little.
#pragma once

#include <cstddef>
#include <cstring>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/shortage.hpp>
#include <string>
#include <type_traits>

namespace palimpsest::dirty::detail {

/// An array of `Note`, all zeros at first. It has small pages of its own and does not come from the
/// heap, which would write zeros over recycled memory and so commit all of it.
template <class Note>
class page_table {
    static_assert(std::is_trivial_v<Note>);

  public:
    page_table() = default;
    /// Makes room for `size` notes. Throws std::system_error, which says what to change.
    explicit page_table(std::size_t size) {
        if (size == 0) return;
        const auto bytes = os::round_up_to_page(size * sizeof(Note));
        const auto taken = os::reserve{}(bytes);
        require(taken.error, "mmap", bytes);
        memory_ = os::mapping(taken.value);
        require(os::make_accessible{}(taken.value).error, "mprotect", bytes);
        require(os::refuse_merging{}(taken.value).error, "madvise", bytes);
    }

    Note& operator[](std::size_t index) noexcept { return notes()[index]; }
    const Note& operator[](std::size_t index) const noexcept { return notes()[index]; }

    /// Sets all notes to zero, and gives the committed memory back.
    void clear() noexcept {
        // If the kernel refuses, the notes are zeroed by hand.
        if (memory_.range().empty() || os::decommit{}(memory_.range())) return;
        std::memset(memory_.range().data(), 0, memory_.range().size());
    }

  private:
    static void require(int error, const char* call, std::size_t bytes) {
        if (error == 0) return;
        os::throw_failed(call, std::to_string(bytes) + " bytes for notes of the pages of a slot",
                         error, os::advice_on_shortage(error));
    }

    Note* notes() const noexcept { return reinterpret_cast<Note*>(memory_.range().data()); }

    os::mapping memory_;
};

}  // namespace palimpsest::dirty::detail
