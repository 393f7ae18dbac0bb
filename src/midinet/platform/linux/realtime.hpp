// Making the calling thread a real-time one, as far as the system lets us.
#pragma once

#include <string>
#include <vector>

namespace midinet::platform {

struct RealtimeOptions {
    std::string thread_name = "midinet-engine";  ///< at most 15 bytes are shown
    int priority = 80;                           ///< SCHED_FIFO. Range: 1..99
    bool lock_memory = true;                     ///< of the whole process
};

/// What was reached, and in words what was not.
struct RealtimeReport {
    int priority = 0;  ///< the SCHED_FIFO priority in force; 0 = ordinary scheduling
    bool memory_locked = false;
    bool exact_timers = false;  ///< timer slack of 1 ns: sleeps end when asked
    /// One sentence a refusal: what, why, and what to change. Empty when all was granted.
    std::vector<std::string> refusals;
};

/// Sets up the calling thread, and the process's memory. Never fails as a whole: a show goes on
/// without. Not RT-safe.
RealtimeReport enter_realtime(const RealtimeOptions& options);

/// "at SCHED_FIFO priority 80"; empty when it runs as any other.
std::string describe(const RealtimeReport& report);

}  // namespace midinet::platform
