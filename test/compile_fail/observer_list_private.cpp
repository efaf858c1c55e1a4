// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'sees': expected `using sees = palimpsest::event::list<...>;` of events; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Nobody can read the list.
class wrong {
  public:
    using role = ps::roles::observe;
    template <class Event>
    void see(const Event&) noexcept {}

  private:
    using sees = ps::event::list<ps::event::acquired>;
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
