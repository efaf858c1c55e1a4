// SPDX-License-Identifier: Apache-2.0
// Decides as its policy does, and keeps a remark of each decision.
#pragma once

#include <palimpsest/inline/decision.hpp>
#include <palimpsest/inline/remark.hpp>
#include <palimpsest/light_vector.hpp>
#include <string>
#include <utility>

namespace palimpsest::decide {

/// Decides as `Policy` does, and keeps a remark of each decision in memory. Choose it to learn why
/// calls were inlined or not; read the remarks by inliner::decision().
template <class Policy>
class remark {
    static_assert(sizeof(inlining::detail::require_decision<Policy>) > 0);

  public:
    remark() = default;
    explicit remark(Policy policy) : policy_(std::move(policy)) {}

    template <class Site>
    inlining::verdict operator()(const Site& site) {
        const inlining::verdict made = policy_(site);
        keep(site, made);
        return made;
    }
    /// Called by the driver when, for its own reason, it keeps a call that was to be inlined.
    void overruled(const inlining::call_site& site, const inlining::reason& why) {
        keep(site, inlining::verdict(inlining::answer::keep, why));
    }

    const light_vector<inlining::remark>& remarks() const noexcept { return remarks_; }
    /// All remarks as text, one line each.
    std::string text() const {
        std::string made;
        for (const auto& one : remarks_) made.append(text_of(one)).append("\n", 1);
        return made;
    }
    /// All remarks as JSON objects, one line each.
    std::string json_lines() const {
        std::string made;
        for (const auto& one : remarks_) made.append(json_of(one)).append("\n", 1);
        return made;
    }

  private:
    [[gnu::noinline]] void keep(const inlining::call_site& site, const inlining::verdict& made) {
        remarks_.push_back(inlining::remark(site, made));
    }

    [[no_unique_address]] Policy policy_;
    light_vector<inlining::remark> remarks_;
};

}  // namespace palimpsest::decide
