// An array of zeros that commits no memory for the parts that are never written: something noted
// for each page of a large range of which an instance uses little.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace palimpsest::detail {

template <class Note>
class page_table {
    static_assert(std::is_trivial_v<Note>);

  public:
    page_table() = default;
    /// Throws std::bad_alloc.
    explicit page_table(std::size_t size)
        : notes_(static_cast<Note*>(std::calloc(size, sizeof(Note)))) {
        if (notes_ == nullptr && size != 0) throw std::bad_alloc();
    }

    Note& operator[](std::size_t index) noexcept { return notes_.get()[index]; }
    const Note& operator[](std::size_t index) const noexcept { return notes_.get()[index]; }

  private:
    struct freed {
        void operator()(Note* notes) const noexcept { std::free(notes); }
    };
    std::unique_ptr<Note, freed> notes_;
};

}  // namespace palimpsest::detail
