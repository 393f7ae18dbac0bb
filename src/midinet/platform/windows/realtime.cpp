#include "platform/windows/realtime.hpp"

#include "platform/windows/handle.hpp"
#include "platform/windows/library.hpp"

namespace midinet::platform {
namespace {

/// PROCESS_POWER_THROTTLING_STATE and its constants (processthreadsapi.h), which old headers lack.
struct PowerThrottling {
    ULONG version = 1;
    ULONG controlled = 0;
    ULONG state = 0;
};
constexpr ULONG kExecutionSpeed = 0x1;
constexpr ULONG kIgnoreTimerResolution = 0x4;  ///< Windows 11
constexpr int kProcessPowerThrottling = 4;     ///< in PROCESS_INFORMATION_CLASS
constexpr int kPriorityCritical = 2;           ///< AVRT_PRIORITY_CRITICAL

/// Neither a slower processor nor coarse timers for a program without a window (EcoQoS).
bool refuse_throttling(ULONG what) {
    using Set = BOOL(WINAPI*)(HANDLE, int, void*, DWORD);
    const auto set = Library::of_system(L"kernel32.dll").find<Set>("SetProcessInformation");
    PowerThrottling wanted{.version = 1, .controlled = what, .state = 0};
    return set != nullptr &&
           set(::GetCurrentProcess(), kProcessPowerThrottling, &wanted, sizeof wanted) != 0;
}

/// The multimedia class scheduler: what audio programs use, without any privilege.
bool join_multimedia_class() {
    using Join = HANDLE(WINAPI*)(const wchar_t*, DWORD*);
    using Raise = BOOL(WINAPI*)(HANDLE, int);
    const auto avrt = Library::of_system(L"avrt.dll");
    const auto join = avrt.find<Join>("AvSetMmThreadCharacteristicsW");
    const auto raise = avrt.find<Raise>("AvSetMmThreadPriority");
    if (join == nullptr) return false;
    DWORD task = 0;
    const HANDLE joined = join(L"Pro Audio", &task);  // until the thread ends
    if (joined == nullptr) return false;
    if (raise != nullptr) raise(joined, kPriorityCritical);
    return true;
}

void name_thread(const std::string& name) {
    using Name = HRESULT(WINAPI*)(HANDLE, const wchar_t*);
    const auto call = Library::of_system(L"kernel32.dll").find<Name>("SetThreadDescription");
    if (call != nullptr) call(::GetCurrentThread(), to_wide(name).c_str());
}

}  // namespace

RealtimeReport enter_realtime(const RealtimeOptions& options) {
    RealtimeReport report;
    name_thread(options.thread_name);
    // Windows 10 knows the first one alone, and refuses both when asked for both.
    report.exact_timers = refuse_throttling(kExecutionSpeed | kIgnoreTimerResolution) ||
                          refuse_throttling(kExecutionSpeed);
    if (!report.exact_timers)
        report.refusals.push_back(
            "Windows may throttle this program to save power: " + windows_error(::GetLastError()) +
            "; set its power mode to best performance");
    report.multimedia_class = join_multimedia_class();
    if (!report.multimedia_class)
        report.time_critical =
            ::SetThreadPriority(::GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL) != 0;
    if (!report.multimedia_class && !report.time_critical)
        report.refusals.push_back(
            "neither MMCSS (is the service \"Multimedia Class Scheduler\" running?) nor a "
            "time-critical priority was granted: " +
            windows_error(::GetLastError()));
    return report;
}

std::string describe(const RealtimeReport& report) {
    if (report.multimedia_class) return "with MMCSS as Pro Audio";
    return report.time_critical ? "at time-critical priority" : "";
}

}  // namespace midinet::platform
