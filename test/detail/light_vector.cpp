// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/light_vector.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

using palimpsest::light_vector;

namespace {

/// The result of the same operations on a std::vector.
template <class Type>
void check_same(const light_vector<Type>& one, const std::vector<Type>& wanted) {
    REQUIRE(one.size() == wanted.size());
    CHECK(std::equal(one.begin(), one.end(), wanted.begin()));
}

template <class Type>
void check_like_vector(Type (*make)(int)) {
    light_vector<Type> one;
    std::vector<Type> wanted;
    for (int step = 0; step < 100; ++step) {
        one.push_back(make(step));
        wanted.push_back(make(step));
    }
    for (int step = 0; step < 7; ++step) {
        one.pop_back();
        wanted.pop_back();
    }
    check_same(one, wanted);
    const auto copy = one;
    for (const std::size_t count : {std::size_t{40}, std::size_t{40}, std::size_t{300}}) {
        one.resize(count, make(1000));
        wanted.resize(count, make(1000));
        check_same(one, wanted);
    }
    CHECK(copy.size() == 93);
    one = copy;
    CHECK(one == copy);
    one[5] = make(77);
    CHECK_FALSE(one == copy);
    auto moved = std::move(one);
    CHECK(moved.size() == 93);
    one = light_vector<Type>(3, make(4));
    check_same(one, std::vector<Type>(3, make(4)));
    one.assign(5, make(6));
    check_same(one, std::vector<Type>(5, make(6)));
    one.append(moved.data(), 2);
    CHECK(one.size() == 7);
    CHECK(one.back() == make(1));
    one.clear();
    CHECK(one.empty());
}

}  // namespace

TEST_CASE("a light vector is like any vector") {
    check_like_vector<int>([](int number) { return number; });
    check_like_vector<std::string>([](int number) {
        return "a text that is too long to lie inside " + std::to_string(number);
    });
    check_like_vector<light_vector<int>>(
        [](int number) { return light_vector<int>(static_cast<std::size_t>(number % 5), number); });
}

TEST_CASE("a light vector can be appended to itself") {
    light_vector<int> one{1, 2, 3};
    for (int step = 0; step < 6; ++step) one.append(one.data() + 1, one.size() - 1);
    CHECK(one.size() == 1 + 2 * 64);
    CHECK(std::accumulate(one.begin(), one.end(), 0) == 1 + 5 * 64);
    one.push_back(one.front());
    CHECK(one.back() == 1);
}

TEST_CASE("a light vector owns its elements") {
    const auto counted = std::make_shared<int>(1);
    {
        light_vector<std::shared_ptr<int>> one;
        for (int step = 0; step < 20; ++step) one.push_back(counted);
        CHECK(counted.use_count() == 21);
        one.shrink(10);
        one.pop_back();
        CHECK(counted.use_count() == 10);
        auto other = one;
        CHECK(counted.use_count() == 19);
        other = light_vector<std::shared_ptr<int>>();
        other = one;
    }
    CHECK(counted.use_count() == 1);
}

TEST_CASE("a light vector is a contiguous range") {
    const light_vector<int> one{4, 5};
    const std::span<const int> all = one;
    CHECK(all.data() == one.data());
    CHECK(all.size() == 2);
}

TEST_CASE("an element of the vector itself can be added to it, moved or copied") {
    light_vector<std::string> all{"one of more than fifteen characters"};
    for (int round = 0; round < 10; ++round) all.push_back(all[0]);
    CHECK(all.size() == 11);
    for (const auto& one : all) CHECK(one == "one of more than fifteen characters");
    all.push_back(std::move(all[3]));
    CHECK(all[11] == "one of more than fifteen characters");
}

TEST_CASE("a vector grows by its own elements, whatever they are") {
    light_vector<int> plain{1, 2, 3};
    plain.resize(1000, plain[1]);
    CHECK(plain[999] == 2);
    const std::string word = "one of more than fifteen characters";
    light_vector<std::string> words{word, word};
    words.resize(100, words[1]);
    CHECK(words[99] == word);
    words.append(words.begin(), 100);
    CHECK(words.size() == 200);
    CHECK(words[199] == word);
    words.resize(1, words[150]);
    CHECK(words[0] == word);
}

TEST_CASE("a vector that was moved from is empty, and what it was moved to lets its own go") {
    auto kept = std::make_shared<int>(1);
    light_vector<std::shared_ptr<int>> to{kept};
    light_vector<std::shared_ptr<int>> from{nullptr};
    to = std::move(from);
    CHECK(kept.use_count() == 1);
    CHECK(to.size() == 1);
    CHECK(from.empty());
}

TEST_CASE("elements need no copies") {
    light_vector<std::unique_ptr<int>> all(3);
    all.push_back(std::make_unique<int>(4));
    CHECK(all[0] == nullptr);
    CHECK(*all[3] == 4);
}
