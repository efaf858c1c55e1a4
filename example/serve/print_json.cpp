// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <ostream>

#include "compositions.hpp"
#include "report.hpp"

namespace serve {
namespace {

using document = nlohmann::ordered_json;

document number_or_null(const std::optional<double>& value) {
    return value ? document(*value) : document(nullptr);
}

document describe(const measurement& of, const std::vector<measurement>& all) {
    std::optional<double> ratio;
    if (const auto* const base = find(all, of.guest, baseline, of.threads)) {
        ratio = of.requests_per_second() / base->requests_per_second();
    }
    auto rounds = document::array();
    for (const auto& round : of.rounds) {
        rounds.push_back({{"seconds", round.seconds},
                          {"requests", round.requests},
                          {"page_faults", round.page_faults},
                          {"tlb_shootdowns", round.tlb_shootdowns ? document(*round.tlb_shootdowns)
                                                                  : document(nullptr)}});
    }
    return {{"guest", of.guest},
            {"threads", of.threads},
            {"composition", of.composition},
            {"requests_per_second", of.requests_per_second()},
            {"ratio_to_decommit", number_or_null(ratio)},
            {"page_faults_per_request", of.page_faults_per_request()},
            {"tlb_shootdowns_per_request", number_or_null(of.tlb_shootdowns_per_request())},
            {"idle_resident_bytes", of.idle_resident_bytes},
            {"rounds", rounds}};
}

}  // namespace

void print_json(std::ostream& to, const options& wanted, const std::vector<measurement>& all) {
    auto measurements = document::array();
    for (const auto& each : all) measurements.push_back(describe(each, all));
    const document whole{{"seed", wanted.seed},
                         {"slots", wanted.slots},
                         {"rounds", wanted.rounds},
                         {"measurements", measurements}};
    to << whole.dump(2) << '\n';
}

}  // namespace serve
