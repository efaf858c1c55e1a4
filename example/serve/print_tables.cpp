// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "compositions.hpp"
#include "report.hpp"

namespace serve {
namespace {

constexpr std::array headings{"composition",    "requests/s",         "ratio",
                              "faults/request", "shootdowns/request", "idle resident KiB"};
using row = std::array<std::string, headings.size()>;

std::string decimal(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

row row_of(const measurement& of, const std::vector<measurement>& all) {
    const auto* const base = find(all, of.guest, baseline, of.threads);
    const auto shootdowns = of.tlb_shootdowns_per_request();
    return {
        of.composition,
        decimal(of.requests_per_second(), 0),
        base == nullptr ? "-" : decimal(of.requests_per_second() / base->requests_per_second(), 2),
        decimal(of.page_faults_per_request(), 2),
        shootdowns ? decimal(*shootdowns, 3) : "-",
        decimal(static_cast<double>(of.idle_resident_bytes) / 1024, 0)};
}

/// The first column is left-aligned, and numbers are right-aligned.
void print_row(std::ostream& to, const row& cells,
               const std::array<std::size_t, headings.size()>& widths) {
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const auto padding = std::string(widths[column] - cells[column].size(), ' ');
        to << "  " << (column == 0 ? cells[column] + padding : padding + cells[column]);
    }
    to << '\n';
}

void print_table(std::ostream& to, const std::vector<row>& rows) {
    std::array<std::size_t, headings.size()> widths{};
    for (const auto& cells : rows) {
        for (std::size_t column = 0; column < cells.size(); ++column) {
            widths[column] = std::max(widths[column], cells[column].size());
        }
    }
    for (const auto& cells : rows) print_row(to, cells, widths);
}

void explain_missing_shootdowns(std::ostream& to, const std::vector<measurement>& all) {
    const auto is_missing = [](const measurement& each) {
        return !each.tlb_shootdowns_per_request().has_value();
    };
    if (std::ranges::any_of(all, is_missing)) {
        to << "shootdowns/request: /proc/interrupts counts no TLB shootdowns on this machine\n";
    }
}

/// The gain from beginning with a started engine.
void print_snapshot_gain(std::ostream& to, const std::vector<measurement>& all) {
    for (const auto& each : all) {
        constexpr std::string_view suffix = " --snapshot";
        if (!each.guest.ends_with(suffix)) continue;
        const auto plain = each.guest.substr(0, each.guest.size() - suffix.size());
        const auto* const started_each_time = find(all, plain, each.composition, each.threads);
        if (started_each_time == nullptr) continue;
        to << "Beginning with a started engine serves "
           << decimal(each.requests_per_second() / started_each_time->requests_per_second(), 1)
           << " times the requests (" << each.composition << ", threads: " << each.threads << ")\n";
    }
}

}  // namespace

void print_tables(std::ostream& to, const std::vector<measurement>& all) {
    for (auto first = all.begin(); first != all.end();) {
        const auto last = std::find_if(first, all.end(), [&](const measurement& each) {
            return each.guest != first->guest || each.threads != first->threads;
        });
        to << first->guest << ", threads: " << first->threads << '\n';
        row heading;
        std::ranges::copy(headings, heading.begin());
        std::vector<row> rows{heading};
        for (; first != last; ++first) rows.push_back(row_of(*first, all));
        print_table(to, rows);
        to << '\n';
    }
    explain_missing_shootdowns(to, all);
    print_snapshot_gain(to, all);
}

}  // namespace serve
