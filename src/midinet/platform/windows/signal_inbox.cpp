#include "platform/windows/signal_inbox.hpp"

namespace midinet::platform {
namespace {

/// Until told otherwise, the system ends a process as soon as its handler has returned from a
/// closing console. Source: Microsoft, "HandlerRoutine callback function": 5 s at most.
constexpr DWORD kTimeToEnd = 4'000;

/// The handler of the system's knows no object of ours.
HANDLE stop_event() noexcept {
    static const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    return event;
}

BOOL WINAPI on_control(DWORD what) noexcept {
    ::SetEvent(stop_event());
    if (what == CTRL_CLOSE_EVENT || what == CTRL_LOGOFF_EVENT || what == CTRL_SHUTDOWN_EVENT)
        ::Sleep(kTimeToEnd);
    return TRUE;
}

}  // namespace

Result<SignalInbox> SignalInbox::open() {
    ::SetConsoleOutputCP(CP_UTF8);  // what is logged is UTF-8; without a console nothing happens
    if (stop_event() == nullptr) return fail_windows("creating an event", ::GetLastError());
    if (::SetConsoleCtrlHandler(on_control, TRUE) == 0)
        return fail_windows("asking to be told of Ctrl-C", ::GetLastError());
    return SignalInbox();
}

io::Handle SignalInbox::handle() const noexcept { return to_io(stop_event()); }

std::optional<io::Signal> SignalInbox::next() noexcept {
    if (::WaitForSingleObject(stop_event(), 0) != WAIT_OBJECT_0) return std::nullopt;
    ::ResetEvent(stop_event());
    return io::Signal::Stop;
}

}  // namespace midinet::platform
