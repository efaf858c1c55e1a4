// SPDX-License-Identifier: Apache-2.0
// The measurements, for people, for programs, and as charts.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "measurement.hpp"
#include "options.hpp"

namespace serve {

/// One table for each guest and number of threads.
void print_tables(std::ostream& to, const std::vector<measurement>& all);

void print_json(std::ostream& to, const options& wanted, const std::vector<measurement>& all);

/// Makes the folder for charts if it is missing. Throws std::runtime_error if that fails or gnuplot
/// is not installed, before time is wasted on measurements.
void prepare_charts(const std::string& folder);

/// Writes an SVG file for each guest into `folder` and returns their paths. Throws
/// std::runtime_error if gnuplot fails.
std::vector<std::string> draw_charts(const std::string& folder,
                                     const std::vector<measurement>& all);

}  // namespace serve
