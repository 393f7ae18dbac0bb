// Making the calling thread a real-time one, as far as macOS lets us.
#pragma once

#include <string>
#include <vector>

namespace midinet::platform {

struct RealtimeOptions {
    std::string thread_name = "midinet-engine";
};

/// What was reached, and in words what was not.
struct RealtimeReport {
    /// Mach's time-constraint policy, that of audio threads: before all others, and its timers are
    /// not put off to save power.
    bool time_constraint = false;
    /// One sentence a refusal: what, why, and what to change. Empty when all was granted.
    std::vector<std::string> refusals;
};

/// Sets up the calling thread. Never fails as a whole: a show goes on without. Not RT-safe.
RealtimeReport enter_realtime(const RealtimeOptions& options);

/// "under a time constraint"; empty when it runs as any other.
std::string describe(const RealtimeReport& report);

}  // namespace midinet::platform
