#include "platform/macos/kqueue_waiter.hpp"

#include "platform/posix/steady_clock.hpp"

#include <sys/event.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <ctime>
#include <optional>

namespace midinet::platform {
namespace {

using Event = struct kevent;

constexpr std::uintptr_t kWakeIdent = 0;  // of EVFILT_USER, which has idents of its own
constexpr std::size_t kMostEvents = 64;
/// The kernel refuses waits of years; a wait that ends early is only begun again.
constexpr Duration kLongestWait = 1h;

Event event_of(std::uintptr_t ident, std::int16_t filter, unsigned flags) noexcept {
    Event event{};
    event.ident = ident;
    event.filter = filter;
    event.flags = static_cast<std::uint16_t>(flags);
    return event;
}

/// Adds or removes one interest. EV_RECEIPT: the answer is about the change alone, and takes
/// nothing that is ready.
Event change_of(io::Handle handle, std::int16_t filter, bool wanted, io::Token token) noexcept {
    auto event = event_of(static_cast<std::uintptr_t>(handle), filter,
                          (wanted ? EV_ADD : EV_DELETE) | EV_RECEIPT);
    event.udata = std::bit_cast<void*>(static_cast<std::uintptr_t>(token));
    return event;
}

/// 0, or the error number.
int failure_of(const Event& receipt, bool wanted) noexcept {
    const auto number = static_cast<int>(receipt.data);
    if ((receipt.flags & EV_ERROR) == 0 || number == 0) return 0;
    return !wanted && number == ENOENT ? 0 : number;  // what was not watched is as was asked
}

timespec to_timespec(TimePoint deadline) noexcept {
    const TimePoint now = SteadyClock{}.now();
    const auto left = deadline <= now ? Duration::zero() : std::min(deadline - now, kLongestWait);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {.tv_sec = static_cast<std::time_t>(seconds.count()),
            .tv_nsec = static_cast<long>((left - seconds).count())};
}

/// Each handle once, in the order of its first event.
class Sorter {
  public:
    explicit Sorter(std::span<io::Ready> ready) noexcept : ready_(ready) {}
    void add(const Event& event) noexcept {
        const auto at = place_of(event.ident);
        if (!at) return;
        auto& ready = ready_[*at];
        ready.token = static_cast<io::Token>(std::bit_cast<std::uintptr_t>(event.udata));
        const bool broken = (event.flags & (EV_EOF | EV_ERROR)) != 0;
        ready.readable = ready.readable || broken || event.filter == EVFILT_READ;
        ready.writable = ready.writable || broken || event.filter == EVFILT_WRITE;
    }
    std::size_t filled() const noexcept { return filled_; }

  private:
    /// Nothing: no room. The rest is still ready at the next wait.
    std::optional<std::size_t> place_of(std::uintptr_t ident) noexcept {
        for (std::size_t i = 0; i < filled_; ++i)
            if (idents_[i] == ident) return i;
        if (filled_ == ready_.size()) return std::nullopt;
        ready_[filled_] = {};
        idents_[filled_] = ident;
        return filled_++;
    }
    std::span<io::Ready> ready_;
    std::array<std::uintptr_t, kMostEvents> idents_{};
    std::size_t filled_ = 0;
};

}  // namespace

Result<std::unique_ptr<KqueueWaiter>> KqueueWaiter::create() {
    FileDescriptor queue(::kqueue());
    if (!queue.valid()) return fail_errno("creating a kqueue");
    const auto wake = event_of(kWakeIdent, EVFILT_USER, EV_ADD | EV_CLEAR);
    if (::kevent(queue.get(), &wake, 1, nullptr, 0, nullptr) < 0)
        return fail_errno("watching a kqueue's wake-up");
    return std::unique_ptr<KqueueWaiter>(new KqueueWaiter(std::move(queue)));
}

/// False, with errno. A refused half takes the other half with it.
bool KqueueWaiter::change(io::Handle handle, io::Token token, bool read, bool write) noexcept {
    const std::array changes{change_of(handle, EVFILT_READ, read, token),
                             change_of(handle, EVFILT_WRITE, write, token)};
    std::array<Event, 2> receipts{};
    const int count = ::kevent(queue_.get(), changes.data(), 2, receipts.data(), 2, nullptr);
    if (count < 0) return false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const bool wanted = receipts[i].filter == EVFILT_READ ? read : write;
        const int failure = failure_of(receipts[i], wanted);
        if (failure == 0) continue;
        if (read || write) unwatch(handle);
        errno = failure;
        return false;
    }
    return true;
}

Result<void> KqueueWaiter::watch(io::Handle handle, io::Token token, bool read, bool write) {
    if (handle == io::kNoHandle || change(handle, token, read, write)) return {};
    return fail_errno("watching handle " + std::to_string(handle));
}

void KqueueWaiter::set_interest(io::Handle handle, io::Token token, bool read,
                                bool write) noexcept {
    change(handle, token, read, write);
}

void KqueueWaiter::unwatch(io::Handle handle) noexcept { change(handle, 0, false, false); }

std::size_t KqueueWaiter::wait(TimePoint deadline, std::span<io::Ready> ready) noexcept {
    std::array<Event, kMostEvents> events;
    // A handle may come twice, and the wake-up is none of them.
    const auto most = static_cast<int>(std::min(2 * ready.size() + 1, kMostEvents));
    while (true) {
        const timespec timeout = to_timespec(deadline);
        const int count = ::kevent(queue_.get(), nullptr, 0, events.data(), most,
                                   deadline == kNever ? nullptr : &timeout);
        if (count < 0 && errno == EINTR) continue;
        Sorter sorter(ready.first(std::min(ready.size(), kMostEvents)));
        for (int i = 0; i < count; ++i) {
            const Event& event = events[static_cast<std::size_t>(i)];
            if (event.filter != EVFILT_USER) sorter.add(event);
        }
        // Whatever came ends the wait, a wake-up too; time that ran out may have been a part only.
        if (count != 0 || SteadyClock{}.now() >= deadline) return sorter.filled();
    }
}

void KqueueWaiter::wake() noexcept {
    auto trigger = event_of(kWakeIdent, EVFILT_USER, 0);
    trigger.fflags = NOTE_TRIGGER;
    (void)::kevent(queue_.get(), &trigger, 1, nullptr, 0, nullptr);
}

}  // namespace midinet::platform
