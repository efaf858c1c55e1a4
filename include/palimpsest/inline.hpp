// SPDX-License-Identifier: Apache-2.0
// The inliner with every decision, the passes, linking, and the reader and printer of text. The
// builder and the interpreter are in ir.hpp, builtins defined in C++ in builtin.hpp.
#pragma once

#include <palimpsest/builtin/link.hpp>
#include <palimpsest/inline/adapter/ir_adapter.hpp>
#include <palimpsest/inline/decide/all_of.hpp>
#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/any_of.hpp>
#include <palimpsest/inline/decide/benefit.hpp>
#include <palimpsest/inline/decide/builtins_only.hpp>
#include <palimpsest/inline/decide/constant_arguments.hpp>
#include <palimpsest/inline/decide/inter_module.hpp>
#include <palimpsest/inline/decide/never.hpp>
#include <palimpsest/inline/decide/not_.hpp>
#include <palimpsest/inline/decide/remark.hpp>
#include <palimpsest/inline/decide/revisit.hpp>
#include <palimpsest/inline/decide/single_call_site.hpp>
#include <palimpsest/inline/decide/small_callee.hpp>
#include <palimpsest/inline/decide/sum_limit.hpp>
#include <palimpsest/inline/inline_call.hpp>
#include <palimpsest/inline/inliner.hpp>
#include <palimpsest/ir/pass/standard.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/link.hpp>
