#include "platform/linux/realtime.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>

namespace midinet::platform {
namespace {

/// A soft limit; the largest number for "no limit".
rlim_t limit_of(decltype(RLIMIT_NOFILE) which) noexcept {
    rlimit limit{};
    return ::getrlimit(which, &limit) == 0 ? limit.rlim_cur : 0;
}

bool has_capability(unsigned number) {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        if (word != "CapEff:") continue;
        std::uint64_t mask = 0;
        status >> std::hex >> mask;
        return ((mask >> number) & 1U) != 0;
    }
    return false;
}

bool set_fifo(int priority) noexcept {
    sched_param parameters{};
    parameters.sched_priority = priority;
    // A thread or process started from this one must ask for itself.
    return ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
}

void schedule(int wanted, RealtimeReport& report) {
    if (set_fifo(wanted)) {
        report.priority = wanted;
        return;
    }
    const int error = errno;
    const auto allowed = static_cast<int>(std::min<rlim_t>(limit_of(RLIMIT_RTPRIO), 99));
    if (error == EPERM && allowed > 0 && allowed < wanted && set_fifo(allowed)) {
        report.priority = allowed;
        report.refusals.push_back(
            "real-time priority " + std::to_string(wanted) + " was refused, " +
            std::to_string(allowed) +
            " is what RLIMIT_RTPRIO allows: raise it (LimitRTPRIO= in the service)");
        return;
    }
    report.refusals.push_back("real-time scheduling (SCHED_FIFO " + std::to_string(wanted) +
                              ") was refused: " + os_error(error) + "; RLIMIT_RTPRIO is " +
                              std::to_string(allowed) +
                              ": run as the service, or raise it (LimitRTPRIO=, "
                              "/etc/security/limits.d), or grant CAP_SYS_NICE");
}

void lock_memory(RealtimeReport& report) {
    // Under a finite limit, locking what comes later would make the program's own later allocations
    // fail.
    const bool unlimited =
        limit_of(RLIMIT_MEMLOCK) == RLIM_INFINITY || has_capability(CAP_IPC_LOCK);
    const int later = unlimited ? MCL_FUTURE : 0;
    if (::mlockall(MCL_CURRENT | MCL_ONFAULT | later) == 0) {
        report.memory_locked = true;
        if (!unlimited)
            report.refusals.emplace_back(
                "memory allocated from now on is not locked, because RLIMIT_MEMLOCK is finite: "
                "raise it (LimitMEMLOCK=infinity)");
        return;
    }
    report.refusals.push_back("locking memory was refused: " + os_error(errno) +
                              "; raise RLIMIT_MEMLOCK (LimitMEMLOCK=infinity in the service)");
}

}  // namespace

RealtimeReport enter_realtime(const RealtimeOptions& options) {
    RealtimeReport report;
    constexpr std::size_t kShownBytes = 15;  // the kernel refuses a longer name whole
    ::pthread_setname_np(::pthread_self(), options.thread_name.substr(0, kShownBytes).c_str());
    report.exact_timers = ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) == 0;
    if (!report.exact_timers)
        report.refusals.push_back("exact timers were refused: " + os_error(errno));
    schedule(options.priority, report);
    if (options.lock_memory) lock_memory(report);
    return report;
}

std::string describe(const RealtimeReport& report) {
    if (report.priority == 0) return {};
    return "at SCHED_FIFO priority " + std::to_string(report.priority);
}

}  // namespace midinet::platform
