// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "compositions.hpp"
#include "report.hpp"

namespace serve {
namespace {

/// One diagram of a chart.
struct diagram {
    const char* title;
    double (*value)(const measurement&);
    /// Digits after the decimal point in the numbers above the bars.
    int digits;
};

constexpr std::array diagrams{
    diagram{"Requests a second", [](const measurement& of) { return of.requests_per_second(); }, 0},
    diagram{"Page faults a request",
            [](const measurement& of) { return of.page_faults_per_request(); }, 1},
    diagram{
        "Resident when idle, KiB",
        [](const measurement& of) { return static_cast<double>(of.idle_resident_bytes) / 1024; },
        0},
};

/// Distinguishable for colour-blind readers, also in print.
constexpr std::array colours{"#9aa5b1", "#4c78a8", "#e4572e", "#d9cfa8"};
static_assert(colours.size() == all_compositions::count);

std::vector<std::size_t> thread_counts(const std::vector<measurement>& of_guest) {
    std::vector<std::size_t> counts;
    for (const auto& each : of_guest) {
        if (std::ranges::find(counts, each.threads) == counts.end()) counts.push_back(each.threads);
    }
    return counts;
}

/// Short enough to stand above a bar: 271034 becomes 271k.
std::string label(double value, int digits) {
    const bool thousands = value >= 10'000;
    std::ostringstream text;
    text << std::fixed << std::setprecision(thousands ? 0 : digits)
         << (thousands ? value / 1'000 : value) << (thousands ? "k" : "");
    return text.str();
}

/// A line for each number of threads: its name, the values of all compositions, and their labels. A
/// composition that was not measured leaves a gap.
void describe_data(std::ostream& script, const diagram& drawn,
                   const std::vector<measurement>& of_guest) {
    script << "$data << end_of_data\n";
    for (const auto threads : thread_counts(of_guest)) {
        std::ostringstream labels;
        script << '"' << threads << (threads == 1 ? " thread" : " threads") << '"';
        for (const auto composition : all_compositions::names) {
            const auto* const found = find(of_guest, of_guest.front().guest, composition, threads);
            const auto value = found == nullptr ? std::nan("") : drawn.value(*found);
            script << ' ' << value;
            labels << " \"" << (found == nullptr ? "" : label(value, drawn.digits)) << '"';
        }
        script << labels.str() << '\n';
    }
    script << "end_of_data\n";
}

/// Groups of bars, one group for each number of threads and one bar for each composition. All bars
/// come before all labels, so that no bar hides a label. The first diagram has the key for all.
void describe_diagram(std::ostream& script, const diagram& drawn, bool has_key,
                      const std::vector<measurement>& of_guest) {
    constexpr auto count = all_compositions::count;
    constexpr double bar = 1.0 / (count + 1);  // leaves the width of one bar between groups
    describe_data(script, drawn, of_guest);
    script << "set title '" << drawn.title
           << "'\nset xrange [-0.5:" << thread_counts(of_guest).size() << "-0.5]\nplot ";
    for (std::size_t number = 0; number < count; ++number) {
        script << "$data using " << number + 2 << ":xtic(1) linecolor rgb '" << colours[number]
               << "' "
               << (has_key ? "title '" + std::string(all_compositions::names[number]) + "'"
                           : std::string("notitle"))
               << ", ";
    }
    for (std::size_t number = 0; number < count; ++number) {
        const auto shift = (static_cast<double>(number) + 0.5 - count / 2.0) * bar;
        script << "$data using ($0+" << shift << "):" << number + 2 << ':' << number + 2 + count
               << " with labels offset 0,0.5 font ',10' notitle, ";
    }
    script << "NaN notitle\n";
}

std::string script_for(const std::string& path, const std::vector<measurement>& of_guest) {
    std::ostringstream script;
    script
        << "set terminal svg size 1200,420 font 'Helvetica,12' noenhanced background rgb 'white'\n"
        << "set output '" << path << "'\n"
        << "set multiplot layout 1," << diagrams.size() << " title '" << of_guest.front().guest
        << "' font ',16'\n"
        << "set style data histograms\nset style histogram clustered gap 1\n"
        << "set style fill solid border rgb 'white'\nset boxwidth 1 relative\n"
        << "set border 3 linecolor rgb '#666666'\nset grid ytics linecolor rgb '#dddddd'\n"
        << "set xtics nomirror scale 0\nset ytics nomirror\nset yrange [0:*]\n"
        << "set offsets graph 0, 0, graph 0.08, 0\nset bmargin 5\n"
        << "set key at screen 0.5, screen 0.03 center bottom horizontal samplen 1\n";
    for (const auto& each : diagrams) {
        describe_diagram(script, each, &each == &diagrams.front(), of_guest);
    }
    script << "unset multiplot\n";
    return script.str();
}

void run_gnuplot(const std::string& script) {
    constexpr auto close = [](std::FILE* pipe) { ::pclose(pipe); };
    std::unique_ptr<std::FILE, decltype(close)> pipe(::popen("gnuplot", "w"));
    if (!pipe || std::fputs(script.c_str(), pipe.get()) < 0 || ::pclose(pipe.release()) != 0) {
        throw std::runtime_error("--plot: gnuplot failed");
    }
}

std::string file_name(const std::string& guest) {
    std::string name;
    for (const char letter : guest) {
        if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
            name += letter;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    return name + ".svg";
}

}  // namespace

void prepare_charts(const std::string& folder) {
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) {
        throw std::runtime_error(
            "--plot needs gnuplot, which is not installed; install gnuplot-nox or leave out "
            "--plot");
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw std::runtime_error("--plot: the folder " + folder +
                                 " cannot be made: " + error.message());
    }
}

std::vector<std::string> draw_charts(const std::string& folder,
                                     const std::vector<measurement>& all) {
    std::vector<std::string> paths;
    for (auto first = all.begin(); first != all.end();) {
        const auto last = std::find_if(
            first, all.end(), [&](const measurement& each) { return each.guest != first->guest; });
        const auto path = (std::filesystem::path(folder) / file_name(first->guest)).string();
        run_gnuplot(script_for(path, {first, last}));
        paths.push_back(path);
        first = last;
    }
    return paths;
}

}  // namespace serve
