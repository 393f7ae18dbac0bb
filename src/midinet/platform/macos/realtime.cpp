#include "platform/macos/realtime.hpp"

#include "base/time.hpp"
#include "platform/macos/tick_scale.hpp"

#include <mach/mach.h>
#include <mach/mach_error.h>
#include <mach/thread_policy.h>
#include <pthread.h>

#include <bit>

namespace midinet::platform {
namespace {

/// What a turn of the engine takes at most in the usual run, and in what time it has to be through.
/// Who takes more of the processor than that is scheduled as any other for a while.
constexpr Duration kComputation = 500us;
constexpr Duration kConstraint = 2ms;

kern_return_t constrain() {
    const TickScale scale;
    thread_time_constraint_policy_data_t policy{};
    policy.period = 0;  // events come when they come
    policy.computation = static_cast<std::uint32_t>(scale.ticks_of(kComputation));
    policy.constraint = static_cast<std::uint32_t>(scale.ticks_of(kConstraint));
    policy.preemptible = 1;
    return thread_policy_set(pthread_mach_thread_np(pthread_self()), THREAD_TIME_CONSTRAINT_POLICY,
                             std::bit_cast<thread_policy_t>(&policy),
                             THREAD_TIME_CONSTRAINT_POLICY_COUNT);
}

}  // namespace

RealtimeReport enter_realtime(const RealtimeOptions& options) {
    RealtimeReport report;
    ::pthread_setname_np(options.thread_name.c_str());
    const auto answer = constrain();
    report.time_constraint = answer == KERN_SUCCESS;
    if (!report.time_constraint)
        report.refusals.push_back(
            std::string("scheduling under a time constraint was refused: ") +
            mach_error_string(answer) +
            "; the engine runs as any other program: end what keeps the processors busy");
    return report;
}

std::string describe(const RealtimeReport& report) {
    return report.time_constraint ? "under a time constraint" : "";
}

}  // namespace midinet::platform
