// One number for a show, and what it is made of.
#pragma once

#include "control/report/overview.hpp"
#include "control/report/show_view.hpp"

namespace midinet::admin {

/// A hundred, less what each finding costs, at least zero; zero when nothing is heard at all.
/// Whoever wants to know why adds up the findings.
struct Health {
    /// Two of them, and the show is below every green line.
    static constexpr unsigned kNotSafeCosts = 40;
    static constexpr unsigned kDegradedCosts = 10;

    unsigned score = 100;  ///< Range: 0..100
    control::Verdict verdict;
};
/// What one finding costs. Units: points.
unsigned cost_of(control::Grade grade) noexcept;
/// Pure.
Health health_of(const control::ShowView& view);

}  // namespace midinet::admin
