// SPDX-License-Identifier: Apache-2.0
// The IR: functions, and how they are built, checked, read, printed, optimised and run.
#pragma once

#include <palimpsest/ir/analysis/loops.hpp>
#include <palimpsest/ir/builder.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/pass/standard.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>
