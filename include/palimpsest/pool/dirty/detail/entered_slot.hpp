// SPDX-License-Identifier: Apache-2.0
// The slots that the calling thread has entered, innermost first.
#pragma once

namespace palimpsest::dirty::detail {

class entered_slot;
inline constinit thread_local entered_slot* innermost_entered_slot = nullptr;

/// Enters a slot on the calling thread for as long as it lives. Such objects may be destroyed in
/// any order, but only on the thread that made them.
class entered_slot {
  public:
    explicit entered_slot(const void* slot) noexcept : slot_(slot), outer_(innermost_entered_slot) {
        if (outer_ != nullptr) outer_->inner_ = this;
        innermost_entered_slot = this;
    }
    entered_slot(const entered_slot&) = delete;
    entered_slot& operator=(const entered_slot&) = delete;
    ~entered_slot() {
        (inner_ != nullptr ? inner_->outer_ : innermost_entered_slot) = outer_;
        if (outer_ != nullptr) outer_->inner_ = inner_;
    }

    /// Whether the calling thread has entered the slot.
    static bool is_entered(const void* slot) noexcept {
        auto* at = innermost_entered_slot;
        while (at != nullptr && at->slot_ != slot) at = at->outer_;
        return at != nullptr;
    }

  private:
    const void* slot_;
    entered_slot* outer_;
    entered_slot* inner_ = nullptr;
};

}  // namespace palimpsest::dirty::detail
