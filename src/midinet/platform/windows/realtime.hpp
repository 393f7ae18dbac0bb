// Making the calling thread a real-time one, as far as Windows lets us.
#pragma once

#include <string>
#include <vector>

namespace midinet::platform {

struct RealtimeOptions {
    std::string thread_name = "midinet-engine";
};

/// What was reached, and in words what was not.
struct RealtimeReport {
    bool multimedia_class = false;  ///< MMCSS, "Pro Audio": the system's scheduler of audio threads
    bool time_critical = false;     ///< THREAD_PRIORITY_TIME_CRITICAL
    bool exact_timers = false;      ///< this process's timers are not coarsened to save power
    /// One sentence a refusal: what, why, and what to change. Empty when all was granted.
    std::vector<std::string> refusals;
};

/// Sets up the calling thread, and the process's power throttling. Never fails as a whole: a show
/// goes on without. Not RT-safe.
RealtimeReport enter_realtime(const RealtimeOptions& options);

/// "with MMCSS Pro Audio"; empty when it runs as any other.
std::string describe(const RealtimeReport& report);

}  // namespace midinet::platform
