#include "platform/windows/event_waiter.hpp"

#include "platform/posix/steady_clock.hpp"

#include <algorithm>

namespace midinet::platform {
namespace {

/// CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, which old headers lack.
constexpr DWORD kHighResolution = 0x2;
constexpr std::size_t kOwn = 3;  ///< wake, timer and sockets stand before the events
constexpr DWORD kWoken = WAIT_OBJECT_0;
constexpr DWORD kTimer = WAIT_OBJECT_0 + 1;

bool is_socket(io::Handle handle) noexcept {
    start_winsock();
    int type = 0;
    int size = sizeof type;
    void* const memory = &type;
    return ::getsockopt(to_socket(handle), SOL_SOCKET, SO_TYPE, static_cast<char*>(memory),
                        &size) == 0;
}

OwnedHandle make_timer() noexcept {
    OwnedHandle fine(::CreateWaitableTimerExW(nullptr, nullptr, kHighResolution, TIMER_ALL_ACCESS));
    if (fine.valid()) return fine;
    return OwnedHandle(::CreateWaitableTimerExW(nullptr, nullptr, 0, TIMER_ALL_ACCESS));
}

short poll_events(bool read, bool write) noexcept {
    return static_cast<short>((read ? POLLRDNORM : 0) | (write ? POLLWRNORM : 0));
}

}  // namespace

EventWaiter::EventWaiter(OwnedHandle wake, OwnedHandle sockets, OwnedHandle timer) noexcept
    : wake_(std::move(wake)), sockets_(std::move(sockets)), timer_(std::move(timer)) {}

Result<std::unique_ptr<EventWaiter>> EventWaiter::create() {
    OwnedHandle wake(::CreateEventW(nullptr, FALSE, FALSE, nullptr));
    OwnedHandle sockets(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!wake.valid() || !sockets.valid())
        return fail_windows("creating an event", ::GetLastError());
    auto timer = make_timer();
    if (!timer.valid()) return fail_windows("creating a timer", ::GetLastError());
    return std::unique_ptr<EventWaiter>(
        new EventWaiter(std::move(wake), std::move(sockets), std::move(timer)));
}

/// False when the system refuses, or there is no room.
bool EventWaiter::change(const Watched& wanted) {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [&](const Watched& w) { return w.handle == wanted.handle; });
    const auto events = static_cast<std::size_t>(std::count_if(
        watched_.begin(), watched_.end(), [](const Watched& w) { return !w.is_socket; }));
    if (!wanted.is_socket && events >= kMostEvents) return false;
    if (wanted.read || wanted.write) watched_.push_back(wanted);
    changes_.fetch_add(1, std::memory_order_release);
    if (!wanted.is_socket) return true;
    const long interest = (wanted.read ? FD_READ : 0) | (wanted.write ? FD_WRITE : 0);
    return ::WSAEventSelect(to_socket(wanted.handle), interest != 0 ? sockets_.get() : nullptr,
                            interest) == 0;
}

Result<void> EventWaiter::watch(io::Handle handle, io::Token token, bool read, bool write) {
    if (handle == io::kNoHandle) return {};
    const bool changed = change({handle, token, is_socket(handle), read, write});
    wake();
    if (changed) return {};
    return fail("watching handle " + std::to_string(handle) +
                ": it is no socket, or one event more than the " + std::to_string(kMostEvents) +
                " that can be waited for");
}

void EventWaiter::set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept {
    if (handle != io::kNoHandle) change({handle, token, is_socket(handle), read, write});
    wake();
}

void EventWaiter::unwatch(io::Handle handle) noexcept { set_interest(handle, 0, false, false); }

/// Takes over what was changed since the last wait.
void EventWaiter::refresh() {
    const unsigned now = changes_.load(std::memory_order_acquire);
    if (now == seen_) return;
    const std::lock_guard lock(mutex_);
    seen_ = now;
    polled_.clear();
    polled_tokens_.clear();
    event_tokens_.clear();
    blocked_on_ = {wake_.get(), timer_.get(), sockets_.get()};
    for (const Watched& w : watched_) {
        if (w.is_socket) {
            polled_.push_back(
                {.fd = to_socket(w.handle), .events = poll_events(w.read, w.write), .revents = 0});
            polled_tokens_.push_back(w.token);
        } else {
            blocked_on_.push_back(to_windows(w.handle));
            event_tokens_.push_back(w.token);
        }
    }
}

/// What is ready now; what finds no room is so at the next wait, too.
std::size_t EventWaiter::collect(std::span<io::Ready> ready) noexcept {
    std::size_t filled = 0;
    if (!polled_.empty() && ::WSAPoll(polled_.data(), static_cast<ULONG>(polled_.size()), 0) > 0)
        for (std::size_t i = 0; i < polled_.size() && filled < ready.size(); ++i) {
            const int what = polled_[i].revents;
            if (what == 0) continue;
            const bool broken = (what & (POLLERR | POLLHUP | POLLNVAL)) != 0;
            ready[filled++] = {.token = polled_tokens_[i],
                               .readable = broken || (what & POLLRDNORM) != 0,
                               .writable = broken || (what & POLLWRNORM) != 0};
        }
    for (std::size_t i = 0; i < event_tokens_.size() && filled < ready.size(); ++i)
        if (::WaitForSingleObject(blocked_on_[kOwn + i], 0) == WAIT_OBJECT_0)
            ready[filled++] = {.token = event_tokens_[i], .readable = true, .writable = false};
    return filled;
}

/// The timer is left alone while deadlines move behind it, as they do with every datagram that
/// shows that somebody lives. Relative, so that a change of the wall clock does not move it.
void EventWaiter::arm(TimePoint deadline) noexcept {
    if (deadline >= armed_) return;
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
    const TimePoint now = SteadyClock{}.now();
    LARGE_INTEGER in{};
    in.QuadPart = -std::max<std::int64_t>(std::chrono::ceil<Ticks>(deadline - now).count(), 1);
    if (::SetWaitableTimer(timer_.get(), &in, 0, nullptr, nullptr, FALSE) != 0) armed_ = deadline;
}

EventWaiter::End EventWaiter::block(TimePoint deadline) noexcept {
    arm(deadline);
    const DWORD end = ::WaitForMultipleObjects(static_cast<DWORD>(blocked_on_.size()),
                                               blocked_on_.data(), FALSE, INFINITE);
    // Before the sockets are looked at: what comes later sets it again.
    ::ResetEvent(sockets_.get());
    if (end == kWoken) return End::Woken;
    if (end == WAIT_FAILED) ::Sleep(1);  // a handle was closed under us: its change is on the way
    if (end != kTimer) return End::Something;
    armed_ = kNever;
    return End::Timer;
}

std::size_t EventWaiter::wait(TimePoint deadline, std::span<io::Ready> ready) noexcept {
    while (true) {
        refresh();
        if (const auto filled = collect(ready); filled > 0) return filled;
        if (deadline != kNever && SteadyClock{}.now() >= deadline) return 0;
        if (block(deadline) != End::Woken) continue;
        refresh();
        return collect(ready);
    }
}

void EventWaiter::wake() noexcept { ::SetEvent(wake_.get()); }

}  // namespace midinet::platform
