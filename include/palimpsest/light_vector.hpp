// SPDX-License-Identifier: Apache-2.0
// A vector that is light on the compiler. The IR and the inliner keep everything in vectors, of
// more than a hundred types. Each std::vector type has some sixty functions to compile, and its
// growth is half a kilobyte of machine code. Here four functions that all types share manage the
// memory. For a file that inlines the calls of a module, GCC 12 compiled 7900 functions in 8.0 s at
// -O2 with std::vector; with this, and with fewer kinds of tables, it compiles 2800 in 4.1 s.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

namespace palimpsest {

namespace detail {

/// The memory of a vector with elements of any type. Each call passes their size. Elements are
/// copied as bytes.
class untyped_vector {
  public:
    untyped_vector() noexcept = default;
    untyped_vector(untyped_vector&& other) noexcept { swap(other); }
    untyped_vector& operator=(untyped_vector&&) = delete;
    ~untyped_vector() { std::free(data_); }

    void swap(untyped_vector& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    static constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();

    /// The capacity to grow to for `least` elements in all: twice the present one, if that is more.
    std::size_t grown(std::size_t least) const noexcept {
        const std::size_t doubled = capacity_ > most / 2 ? most : std::size_t{capacity_} * 2;
        return least > doubled ? least : doubled;
    }
    [[gnu::noinline]] void grow(std::size_t least, std::size_t element) {
        set_capacity(grown(least), element);
    }
    [[gnu::noinline]] void set_capacity(std::size_t count, std::size_t element) {
        if (count > most) throw std::bad_alloc();
        auto* const made = std::realloc(data_, count * element);
        if (made == nullptr) throw std::bad_alloc();
        data_ = made;
        capacity_ = static_cast<std::uint32_t>(count);
    }
    /// The distance in bytes from the first element to `at`, if that is an element of this vector;
    /// otherwise `elsewhere`.
    std::size_t place_of(const void* at, std::size_t element) const noexcept {
        const std::size_t offset =
            reinterpret_cast<std::uintptr_t>(at) - reinterpret_cast<std::uintptr_t>(data_);
        return offset < size_ * element ? offset : elsewhere;
    }
    static constexpr std::size_t elsewhere = ~std::size_t{0};

    /// Appends elements, which may be in this vector.
    [[gnu::noinline]] void append(const void* from, std::size_t count, std::size_t element) {
        if (count == 0) return;
        const auto own = place_of(from, element);
        if (capacity_ - size_ < count) grow(size_ + count, element);
        auto* const bytes = static_cast<char*>(data_);
        if (own != elsewhere) from = bytes + own;
        std::memcpy(bytes + size_ * element, from, count * element);
        size_ += static_cast<std::uint32_t>(count);
    }
    /// Makes it `count` elements long, by adding copies of `value`.
    [[gnu::noinline]] void fill_up(std::size_t count, const void* value, std::size_t element) {
        if (count <= size_) return;
        if (count > capacity_) grow(count, element);
        auto* const first = static_cast<char*>(data_) + size_ * element;
        const auto whole = (count - size_) * element;
        std::memcpy(first, value, element);
        // Doubles what is there, which takes few steps, whatever the size of an element.
        for (auto done = element; done < whole; done *= 2)
            std::memcpy(first + done, first, done < whole - done ? done : whole - done);
        size_ = static_cast<std::uint32_t>(count);
    }

    void* data_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;
};

}  // namespace detail

template <class Type>
class light_vector;

namespace detail {
/// Whether an object can be moved by copying its bytes and forgetting the old ones.
template <class Type>
inline constexpr bool moves_as_bytes = std::is_trivially_copyable_v<Type>;
template <class Type>
inline constexpr bool moves_as_bytes<light_vector<Type>> = true;
}  // namespace detail

/// A vector with the members of std::vector that this library uses, and pointers as iterators. It
/// holds fewer than 2^32 elements. Elements that are not plain data work too, but their code is not
/// shared.
template <class Type>
class light_vector : private detail::untyped_vector {
    static constexpr bool is_plain = std::is_trivially_copyable_v<Type>;
    static_assert(alignof(Type) <= alignof(std::max_align_t));

  public:
    using value_type = Type;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using reference = Type&;
    using const_reference = const Type&;
    using iterator = Type*;
    using const_iterator = const Type*;

    light_vector() noexcept = default;
    explicit light_vector(std::size_t count) : light_vector() { resize(count); }
    light_vector(std::size_t count, const Type& value) : light_vector() { resize(count, value); }
    light_vector(std::initializer_list<Type> all) : light_vector() {
        append(all.begin(), all.size());
    }
    light_vector(const light_vector& other) : light_vector() {
        append(other.begin(), other.size());
    }
    light_vector(light_vector&& other) noexcept = default;
    light_vector& operator=(const light_vector& other) {
        if (this != &other) {
            clear();
            append(other.begin(), other.size());
        }
        return *this;
    }
    light_vector& operator=(light_vector&& other) noexcept {
        light_vector moved(std::move(other));
        swap(moved);
        return *this;
    }
    ~light_vector() {
        if constexpr (!is_plain) destroy(0);
    }
    void swap(light_vector& other) noexcept { detail::untyped_vector::swap(other); }

    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    bool empty() const noexcept { return size_ == 0; }
    Type* data() noexcept { return static_cast<Type*>(data_); }
    const Type* data() const noexcept { return static_cast<const Type*>(data_); }
    Type* begin() noexcept { return static_cast<Type*>(data_); }
    Type* end() noexcept { return static_cast<Type*>(data_) + size_; }
    const Type* begin() const noexcept { return static_cast<const Type*>(data_); }
    const Type* end() const noexcept { return static_cast<const Type*>(data_) + size_; }
    Type& operator[](std::size_t place) noexcept { return static_cast<Type*>(data_)[place]; }
    const Type& operator[](std::size_t place) const noexcept {
        return static_cast<const Type*>(data_)[place];
    }
    Type& front() noexcept { return *static_cast<Type*>(data_); }
    const Type& front() const noexcept { return *static_cast<const Type*>(data_); }
    Type& back() noexcept { return static_cast<Type*>(data_)[size_ - 1]; }
    const Type& back() const noexcept { return static_cast<const Type*>(data_)[size_ - 1]; }

    void push_back(Type value) {
        if constexpr (is_plain) {
            if (size_ == capacity_) make_room(size_ + std::size_t{1});
            ::new (static_cast<void*>(static_cast<Type*>(data_) + size_)) Type(value);
            ++size_;
        } else {
            append_moved(value);
        }
    }
    void pop_back() noexcept {
        --size_;
        if constexpr (!is_plain) static_cast<Type*>(data_)[size_].~Type();
    }
    void clear() noexcept {
        if constexpr (!is_plain) destroy(0);
        size_ = 0;
    }
    /// Drops the elements from index `count` on, if there are any.
    void shrink(std::size_t count) noexcept {
        if (count >= size_) return;
        if constexpr (!is_plain) destroy(count);
        size_ = static_cast<std::uint32_t>(count);
    }
    void reserve(std::size_t count) {
        if (count > capacity_) make_room(count);
    }
    void resize(std::size_t count) {
        if constexpr (is_plain)
            resize(count, Type());
        else
            for (shrink(count), reserve(count); size_ < count;) push_back(Type());
    }
    /// `value` may be an element of the vector itself.
    void resize(std::size_t count, const Type& value) {
        const Type copied = value;
        shrink(count);
        if constexpr (is_plain)
            fill_up(count, &copied, sizeof(Type));
        else
            for (reserve(count); size_ < count;) push_back(copied);
    }
    void assign(std::size_t count, const Type& value) {
        if constexpr (is_plain) {
            const Type copied = value;
            size_ = 0;
            fill_up(count, &copied, sizeof(Type));
        } else {
            *this = light_vector(count, value);
        }
    }
    /// Appends elements, which may be elements of the vector itself.
    void append(const Type* from, std::size_t count) {
        if constexpr (is_plain) {
            detail::untyped_vector::append(from, count, sizeof(Type));
        } else {
            append_copies(from, count);
        }
    }

    friend bool operator==(const light_vector& one, const light_vector& other) {
        if (one.size() != other.size()) return false;
        for (std::size_t place = 0; place < one.size(); ++place)
            if (!(one[place] == other[place])) return false;
        return true;
    }

  private:
    [[gnu::noinline]] void append_copies(const Type* from, std::size_t count) {
        const auto own = place_of(from, sizeof(Type));
        reserve(size_ + count);
        if (own != elsewhere) from = data() + own / sizeof(Type);
        for (; count > 0; --count, ++size_)
            ::new (static_cast<void*>(data() + size_)) Type(*from++);
    }
    [[gnu::noinline]] void append_moved(Type& value) {
        reserve(size_ + std::size_t{1});
        ::new (static_cast<void*>(data() + size_)) Type(std::move(value));
        ++size_;
    }
    [[gnu::noinline]] void destroy(std::size_t from) noexcept {
        for (auto place = from; place < size_; ++place) static_cast<Type*>(data_)[place].~Type();
    }
    void make_room(std::size_t least) {
        if constexpr (detail::moves_as_bytes<Type>) {
            grow(least, sizeof(Type));
        } else {
            static_assert(std::is_nothrow_move_constructible_v<Type>,
                          "palimpsest: the elements of a light_vector move without exceptions");
            detail::untyped_vector made;
            made.set_capacity(grown(least), sizeof(Type));
            auto* to = static_cast<Type*>(made.data_);
            for (auto& one : *this) ::new (static_cast<void*>(to++)) Type(std::move(one));
            destroy(0);
            made.size_ = size_;
            detail::untyped_vector::swap(made);
        }
    }
};

}  // namespace palimpsest
