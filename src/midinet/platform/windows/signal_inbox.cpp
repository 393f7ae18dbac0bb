#include "platform/windows/signal_inbox.hpp"

#include <atomic>

namespace midinet::platform {
namespace {

/// Until told otherwise, the system ends a process as soon as its handler has returned from a
/// closing console. Source: Microsoft, "HandlerRoutine callback function": 5 s at most.
constexpr DWORD kTimeToEnd = 4'000;

/// What was said and not read yet. The handlers of the system's know no object of ours.
std::atomic<bool> g_stop{false};
std::atomic<bool> g_reload{false};

HANDLE news() noexcept {
    static const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    return event;
}

BOOL WINAPI on_control(DWORD what) noexcept {
    g_stop = true;
    ::SetEvent(news());
    if (what == CTRL_CLOSE_EVENT || what == CTRL_LOGOFF_EVENT || what == CTRL_SHUTDOWN_EVENT)
        ::Sleep(kTimeToEnd);
    return TRUE;
}

void CALLBACK on_reload(void* /*unused*/, BOOLEAN /*timed_out*/) noexcept {
    g_reload = true;
    ::SetEvent(news());
}

/// As long as the process lives. Others of this user's session set it.
Result<void> listen_for_reload() {
    const auto name = L"Local\\MIDInet-reload-" + std::to_wstring(::GetCurrentProcessId());
    static const HANDLE event = ::CreateEventW(nullptr, FALSE, FALSE, name.c_str());
    HANDLE wait = nullptr;
    if (event == nullptr || ::RegisterWaitForSingleObject(&wait, event, on_reload, nullptr,
                                                          INFINITE, WT_EXECUTEINWAITTHREAD) == 0)
        return fail_windows("waiting for orders to reload", ::GetLastError());
    return {};
}

}  // namespace

Result<SignalInbox> SignalInbox::open() {
    ::SetConsoleOutputCP(CP_UTF8);  // what is logged is UTF-8; without a console nothing happens
    if (news() == nullptr) return fail_windows("creating an event", ::GetLastError());
    if (::SetConsoleCtrlHandler(on_control, TRUE) == 0)
        return fail_windows("asking to be told of Ctrl-C", ::GetLastError());
    if (auto listening = listen_for_reload(); !listening) return tl::unexpected(listening.error());
    return SignalInbox();
}

io::Handle SignalInbox::handle() const noexcept { return to_io(news()); }

std::optional<io::Signal> SignalInbox::next() noexcept {
    ::ResetEvent(news());  // in this order: what is said after the look sets it again
    if (g_stop.exchange(false)) return io::Signal::Stop;
    if (g_reload.exchange(false)) return io::Signal::Reload;
    return std::nullopt;
}

}  // namespace midinet::platform
