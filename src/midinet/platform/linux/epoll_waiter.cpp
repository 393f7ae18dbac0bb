#include "platform/linux/epoll_waiter.hpp"

#include "platform/posix/steady_clock.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <limits>

namespace midinet::platform {
namespace {

/// Larger than any Token.
constexpr std::uint64_t kWakeMark = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kTimerMark = kWakeMark - 1;
constexpr std::size_t kMostEvents = 64;
using Events = std::array<epoll_event, kMostEvents>;

std::uint32_t events_of(bool read, bool write) noexcept {
    return (read ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U);
}

io::Ready to_ready(const epoll_event& event) noexcept {
    const bool broken = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
    return {.token = static_cast<io::Token>(event.data.u64),
            .readable = broken || (event.events & EPOLLIN) != 0,
            .writable = broken || (event.events & EPOLLOUT) != 0};
}

/// At most a day: where seconds have 32 bits, a distant deadline would be none.
timespec to_timespec(Duration remaining) noexcept {
    remaining = std::min<Duration>(remaining, std::chrono::hours(24));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(remaining);
    return {.tv_sec = static_cast<time_t>(seconds.count()),
            .tv_nsec = static_cast<long>((remaining - seconds).count())};
}

Duration remaining_until(TimePoint deadline) noexcept {
    const TimePoint now = SteadyClock{}.now();
    return deadline <= now ? Duration::zero() : deadline - now;
}

bool add_own(int epoll, int descriptor, std::uint64_t mark) noexcept {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = mark;
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void empty(const FileDescriptor& counter) noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto n = ::read(counter.get(), &count, sizeof count);
}

/// One wait of the kernel. Gives what epoll_wait gives. Turns `precision` to Milliseconds on a
/// kernel without the finer call.
int wait_once(int epoll, Events& events, int most, TimePoint deadline,
              WaitPrecision& precision) noexcept {
    if (deadline == kNever) return ::epoll_wait(epoll, events.data(), most, -1);
    const Duration remaining = remaining_until(deadline);
    if (precision == WaitPrecision::Nanoseconds) {
        const timespec timeout = to_timespec(remaining);
        const int count = ::epoll_pwait2(epoll, events.data(), most, &timeout, nullptr);
        if (count >= 0 || errno != ENOSYS) return count;
        precision = WaitPrecision::Milliseconds;
    }
    return ::epoll_wait(epoll, events.data(), most, whole_milliseconds(remaining));
}

}  // namespace

int whole_milliseconds(Duration remaining) noexcept {
    if (remaining <= Duration::zero()) return 0;
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(remaining).count();
    return static_cast<int>(std::min<std::int64_t>(rounded, std::numeric_limits<int>::max()));
}

Result<std::unique_ptr<EpollWaiter>> EpollWaiter::create(WaitPrecision precision) {
    FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.valid()) return fail_errno("creating an epoll instance");
    FileDescriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event.valid()) return fail_errno("creating an event descriptor");
    FileDescriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer.valid()) return fail_errno("creating a timer descriptor");
    if (!add_own(epoll.get(), event.get(), kWakeMark) ||
        !add_own(epoll.get(), timer.get(), kTimerMark))
        return fail_errno("watching the event and timer descriptors");
    return std::unique_ptr<EpollWaiter>(
        new EpollWaiter(std::move(epoll), std::move(event), std::move(timer), precision));
}

bool EpollWaiter::change(io::Handle handle, io::Token token, bool read, bool write) noexcept {
    if (!read && !write) {
        unwatch(handle);
        return true;
    }
    epoll_event event{};
    event.events = events_of(read, write);
    event.data.u64 = token;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, handle, &event) == 0) return true;
    return errno == ENOENT && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, handle, &event) == 0;
}

Result<void> EpollWaiter::watch(io::Handle handle, io::Token token, bool read, bool write) {
    if (handle == io::kNoHandle || change(handle, token, read, write)) return {};
    return fail_errno("watching handle " + std::to_string(handle));
}

void EpollWaiter::set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept {
    change(handle, token, read, write);
}

void EpollWaiter::unwatch(io::Handle handle) noexcept {
    epoll_event ignored{};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, handle, &ignored);
}

std::size_t EpollWaiter::wait(TimePoint deadline, std::span<io::Ready> ready) noexcept {
    Events events;
    // Two more than asked for, so that what is our own never takes the place of a handle.
    const auto most = static_cast<int>(std::min(ready.size() + 2, kMostEvents));
    while (true) {
        if (armed_ == kNever) arm(deadline);
        const int count = wait_once(epoll_.get(), events, most,
                                    armed_ <= deadline ? kNever : deadline, precision_);
        if (count < 0 && errno == EINTR) continue;
        const auto got =
            sort(std::span{events}.first(static_cast<std::size_t>(std::max(count, 0))), ready);
        const bool timer_alone = got.timer && got.filled == 0 && !got.woken;
        if (!timer_alone || SteadyClock{}.now() >= deadline) return got.filled;
    }
}

/// The timer is left alone while deadlines move behind it, as they do with every datagram that
/// shows that somebody lives: a wait then starts and stops no timer of the kernel, and ends once
/// too early now and then. Nearer deadlines are a wait's own.
void EpollWaiter::arm(TimePoint deadline) noexcept {
    if (deadline == kNever) return;
    // By how long it is until then: a program that is told another clock for a test (libfaketime)
    // would have an absolute time shifted, and wait for years.
    const auto left = remaining_until(deadline);
    if (left == Duration::zero()) return;
    const itimerspec in{.it_interval = {}, .it_value = to_timespec(left)};
    if (::timerfd_settime(timer_.get(), 0, &in, nullptr) == 0) armed_ = deadline;
}

EpollWaiter::Sorted EpollWaiter::sort(std::span<const epoll_event> events,
                                      std::span<io::Ready> ready) noexcept {
    Sorted got;
    for (const epoll_event& event : events) {
        if (event.data.u64 == kWakeMark) {
            got.woken = true;
            empty(event_);
        } else if (event.data.u64 == kTimerMark) {
            got.timer = true;
            empty(timer_);
            armed_ = kNever;
        } else if (got.filled < ready.size()) {  // the rest is still ready at the next wait
            ready[got.filled++] = to_ready(event);
        }
    }
    return got;
}

void EpollWaiter::wake() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(event_.get(), &one, sizeof one);
}

}  // namespace midinet::platform
