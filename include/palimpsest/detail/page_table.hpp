// An array of zeros that commits no memory for the parts that are never written: something noted
// for each page of a large range of which an instance uses little.
#pragma once

#include <cstddef>
#include <new>
#include <palimpsest/os/mapping.hpp>
#include <type_traits>

namespace palimpsest::detail {

/// In small pages of its own and not on the heap, which would write zeros over what it recycles,
/// and so commit all of it.
template <class Note>
class page_table {
    static_assert(std::is_trivial_v<Note>);

  public:
    page_table() = default;
    /// Throws std::bad_alloc.
    explicit page_table(std::size_t size) {
        if (size == 0) return;
        const auto taken = os::reserve{}(os::round_up_to_page(size * sizeof(Note)));
        if (!taken) throw std::bad_alloc();
        memory_ = os::mapping(taken.value);
        if (!os::make_accessible{}(taken.value) || !os::refuse_merging{}(taken.value))
            throw std::bad_alloc();
    }

    Note& operator[](std::size_t index) noexcept { return notes()[index]; }
    const Note& operator[](std::size_t index) const noexcept { return notes()[index]; }

  private:
    Note* notes() const noexcept { return reinterpret_cast<Note*>(memory_.range().data()); }

    os::mapping memory_;
};

}  // namespace palimpsest::detail
