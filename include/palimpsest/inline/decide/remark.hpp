// SPDX-License-Identifier: Apache-2.0
// Decides as its policy does, and keeps a remark of each decision.
#pragma once

#include <palimpsest/inline/decision.hpp>
#include <palimpsest/inline/remark.hpp>
#include <string>
#include <utility>
#include <vector>

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
        remarks_.emplace_back(site, made);
        return made;
    }
    /// Called by the driver when it keeps a call that was to be inlined, for a reason of its own.
    void overruled(const inlining::call_site& site, const inlining::reason& why) {
        remarks_.emplace_back(site, inlining::verdict(inlining::answer::keep, why));
    }

    const std::vector<inlining::remark>& remarks() const noexcept { return remarks_; }
    /// All remarks as text, a line for each.
    std::string text() const {
        std::string made;
        for (const auto& one : remarks_) made += text_of(one) + '\n';
        return made;
    }
    /// All remarks as objects of JSON, a line for each.
    std::string json_lines() const {
        std::string made;
        for (const auto& one : remarks_) made += json_of(one) + '\n';
        return made;
    }

  private:
    [[no_unique_address]] Policy policy_;
    std::vector<inlining::remark> remarks_;
};

}  // namespace palimpsest::decide
