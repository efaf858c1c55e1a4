// A header for the check of comments: what is bare is to be named.
#pragma once

namespace palimpsest {

struct bare {};

template <class T>
struct bare_template {};

template <class T>
concept bare_concept = true;

int bare_function(int);

/// Said.
struct said {
    struct bare_member {};
    /// Said.
    struct said_member {};

  private:
    struct hidden_member {};
};

/// Said.
template <class T>
    requires(sizeof(T) > 1)
struct said_template {};

struct declared_elsewhere;
template <>
struct said_template<long> {};

namespace detail {
struct hidden {};
}  // namespace detail

}  // namespace palimpsest
