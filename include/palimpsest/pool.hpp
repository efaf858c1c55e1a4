// SPDX-License-Identifier: Apache-2.0
// The instance pool and all its policies.
#pragma once

#include <palimpsest/pool/budget/none.hpp>
#include <palimpsest/pool/budget/per_entity.hpp>
#include <palimpsest/pool/budget/per_instance.hpp>
#include <palimpsest/pool/budget/pool_wide.hpp>
#include <palimpsest/pool/budget/unlimited.hpp>
#include <palimpsest/pool/dirty/adaptive.hpp>
#include <palimpsest/pool/dirty/everything.hpp>
#include <palimpsest/pool/dirty/fault_gate.hpp>
#include <palimpsest/pool/dirty/first_supported.hpp>
#include <palimpsest/pool/dirty/pagemap_scan.hpp>
#include <palimpsest/pool/dirty/reported.hpp>
#include <palimpsest/pool/dirty/soft_dirty.hpp>
#include <palimpsest/pool/dirty/write_protect.hpp>
#include <palimpsest/pool/growth/guarded.hpp>
#include <palimpsest/pool/growth/high_water.hpp>
#include <palimpsest/pool/idle_cap/idle_cap.hpp>
#include <palimpsest/pool/instance_pool.hpp>
#include <palimpsest/pool/observe/counters.hpp>
#include <palimpsest/pool/observe/nothing.hpp>
#include <palimpsest/pool/reset/batched.hpp>
#include <palimpsest/pool/reset/decommit.hpp>
#include <palimpsest/pool/reset/remap.hpp>
#include <palimpsest/pool/reset/restore.hpp>
#include <palimpsest/pool/reuse/affinity.hpp>
#include <palimpsest/pool/reuse/lifo.hpp>
#include <palimpsest/pool/threading/sharded.hpp>
#include <palimpsest/pool/threading/single_threaded.hpp>
#include <palimpsest/pool/warm_limit/warm_limit.hpp>
