// kqueue(2) for tests, on epoll(7), so that a queue's descriptor can be waited for itself:
// level-triggered filters for reading and writing, which are told apart, EVFILT_USER, EVFILT_SIGNAL
// and EVFILT_TIMER.
#include "kqueue.hpp"

#include "clock.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <mutex>

namespace midinet::macos_double {
namespace {

using Event = struct ::kevent;
using Key = std::pair<std::uintptr_t, std::int16_t>;
using platform::FileDescriptor;

struct Note {
    void* udata = nullptr;
    std::uint16_t flags = 0;
    FileDescriptor teller;  ///< readable while a user event is triggered, or a signal has come
    TimePoint due{};        ///< EVFILT_TIMER
};
using Notes = std::map<Key, Note>;

std::mutex mutex;
/// By the queue's descriptor. A number that is closed and given out again starts anew.
std::map<int, Notes> queues;
WaitScript script;

std::optional<Duration> duration_of(const timespec* timeout) {
    if (timeout == nullptr) return std::nullopt;
    return std::chrono::seconds{timeout->tv_sec} + Duration{timeout->tv_nsec};
}

bool is_of_descriptor(std::int16_t filter) {
    return filter == EVFILT_READ || filter == EVFILT_WRITE;
}

bool is_readable(int descriptor) {
    pollfd asked{.fd = descriptor, .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLIN) != 0;
}

bool is_open(std::uintptr_t ident) {
    pollfd descriptor{.fd = static_cast<int>(ident), .events = 0, .revents = 0};
    return ::poll(&descriptor, 1, 0) >= 0 && (descriptor.revents & POLLNVAL) == 0;
}

/// Has the queue's descriptor be ready when this one is.
void mirror(int queue, int descriptor, std::uint32_t events) {
    epoll_event wanted{.events = events, .data = {}};
    if (events == 0) {
        ::epoll_ctl(queue, EPOLL_CTL_DEL, descriptor, nullptr);
    } else if (::epoll_ctl(queue, EPOLL_CTL_MOD, descriptor, &wanted) != 0) {
        ::epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &wanted);
    }
}

void mirror_descriptor(int queue, std::uintptr_t ident) {
    const auto& notes = queues[queue];
    mirror(queue, static_cast<int>(ident),
           (notes.contains({ident, EVFILT_READ}) ? std::uint32_t{EPOLLIN} : 0U) |
               (notes.contains({ident, EVFILT_WRITE}) ? std::uint32_t{EPOLLOUT} : 0U));
}

/// macOS's kqueues see signals that are ignored; here they have to be blocked for that.
FileDescriptor teller_of_signal(std::uintptr_t number) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, static_cast<int>(number));
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return FileDescriptor(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

/// 0, or the error number.
int add(int queue, const Event& change) {
    if (is_of_descriptor(change.filter) && !is_open(change.ident)) return EBADF;
    auto& note = queues[queue][{change.ident, change.filter}];
    note.udata = change.udata;
    note.flags = change.flags;
    note.due = now() + std::chrono::milliseconds{change.data};
    if (is_of_descriptor(change.filter)) mirror_descriptor(queue, change.ident);
    if (change.filter == EVFILT_SIGNAL) note.teller = teller_of_signal(change.ident);
    if (change.filter == EVFILT_USER && !note.teller.valid())
        note.teller = FileDescriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (note.teller.valid()) mirror(queue, note.teller.get(), EPOLLIN);
    return 0;
}

int trigger(const Note& note) {
    const std::uint64_t one = 1;
    return ::write(note.teller.get(), &one, sizeof one) == sizeof one ? 0 : errno;
}

/// 0, or the error number.
int apply(int queue, const Event& change) {
    if ((change.flags & EV_ADD) != 0) return add(queue, change);
    const auto found = queues[queue].find({change.ident, change.filter});
    if (found == queues[queue].end()) return ENOENT;
    if ((change.fflags & NOTE_TRIGGER) != 0) return trigger(found->second);
    if ((change.flags & EV_DELETE) == 0) return 0;
    queues[queue].erase(found);
    if (is_of_descriptor(change.filter)) mirror_descriptor(queue, change.ident);
    return 0;
}

std::optional<Event> ready_of(const Key& key, const Note& note) {
    Event event{.ident = key.first,
                .filter = key.second,
                .flags = 0,
                .fflags = 0,
                .data = 0,
                .udata = note.udata};
    if (key.second == EVFILT_TIMER) return now() >= note.due ? std::optional(event) : std::nullopt;
    if (!is_of_descriptor(key.second))
        return is_readable(note.teller.get()) ? std::optional(event) : std::nullopt;
    const auto wanted = static_cast<short>(key.second == EVFILT_READ ? POLLIN : POLLOUT);
    pollfd descriptor{.fd = static_cast<int>(key.first), .events = wanted, .revents = 0};
    if (::poll(&descriptor, 1, 0) <= 0 || (descriptor.revents & POLLNVAL) != 0) return std::nullopt;
    if ((descriptor.revents & (POLLHUP | POLLERR)) != 0) event.flags |= EV_EOF;
    return event;
}

/// What is told of signals is over by itself; of user events where it was asked for.
void clear(const Key& key, const Note& note) {
    signalfd_siginfo signal;
    std::uint64_t count = 0;
    if (key.second == EVFILT_SIGNAL)
        while (::read(note.teller.get(), &signal, sizeof signal) == sizeof signal) {
        }
    if (key.second == EVFILT_USER && (note.flags & EV_CLEAR) != 0)
        (void)!::read(note.teller.get(), &count, sizeof count);
}

int collect(int queue, Event* events, int most) {
    const std::lock_guard lock(mutex);
    int count = 0;
    auto& notes = queues[queue];
    for (auto at = notes.begin(); at != notes.end() && count < most;) {
        auto& [key, note] = *at;
        const auto event = ready_of(key, note);
        if (event) events[count++] = *event;
        if (event) clear(key, note);
        const bool is_over = event && (note.flags & EV_ONESHOT) != 0;
        at = is_over ? notes.erase(at) : std::next(at);
    }
    return count;
}

/// When the first timer is due, or the wait's own time is over; nothing: neither is.
std::optional<TimePoint> end_of(int queue, std::optional<TimePoint> deadline) {
    const std::lock_guard lock(mutex);
    for (const auto& [key, note] : queues[queue])
        if (key.second == EVFILT_TIMER && (!deadline || note.due < *deadline)) deadline = note.due;
    return deadline;
}

/// Truly, until something of the queue is ready, or then.
void wait_for_real(int queue, std::optional<TimePoint> deadline) {
    pollfd all{.fd = queue, .events = POLLIN, .revents = 0};
    timespec left{};
    if (deadline) {
        const auto rest = std::max(*deadline - now(), Duration::zero());
        left.tv_sec =
            static_cast<time_t>(std::chrono::duration_cast<std::chrono::seconds>(rest).count());
        left.tv_nsec = static_cast<long>((rest % std::chrono::seconds{1}).count());
    }
    ::ppoll(&all, 1, deadline ? &left : nullptr, nullptr);
}

int wait_live(int queue, Event* events, int most, std::optional<Duration> left) {
    const auto deadline = left ? std::optional(now() + *left) : std::nullopt;
    while (true) {
        if (const int count = collect(queue, events, most); count > 0) return count;
        if (deadline && now() >= *deadline) return 0;
        wait_for_real(queue, end_of(queue, deadline));
    }
}

/// Time stands but for the script.
int wait_standing(int queue, Event* events, int most, std::optional<Duration> left) {
    if (const int count = collect(queue, events, most); count > 0) return count;
    if (left == Duration::zero()) return 0;
    if (script.meanwhile) {
        if (const int error = script.meanwhile(left); error != 0) {
            errno = error;
            return -1;
        }
        if (const int count = collect(queue, events, most); count > 0) return count;
    }
    if (left) {
        advance(*left);
        return 0;
    }
    wait_for_real(queue, std::nullopt);
    return collect(queue, events, most);
}

/// Receipts and errors; gives how many. -1 with errno: an error that has no room.
int apply_all(int queue, const Event* changes, int count, Event* events, int most) {
    const std::lock_guard lock(mutex);
    int told = 0;
    for (int i = 0; i < count; ++i) {
        const int error = apply(queue, changes[i]);
        if (error == 0 && (changes[i].flags & EV_RECEIPT) == 0) continue;
        if (told == most) {
            errno = error;
            if (error != 0) return -1;
            continue;
        }
        events[told] = changes[i];
        events[told].flags |= EV_ERROR;
        events[told++].data = error;
    }
    return told;
}

}  // namespace

void set_wait_script(WaitScript next) { script = std::move(next); }

std::vector<std::pair<std::uintptr_t, std::int16_t>> watched() {
    const std::lock_guard lock(mutex);
    std::vector<Key> all;
    for (const auto& [queue, notes] : queues)
        for (const auto& [key, note] : notes)
            if (is_of_descriptor(key.second)) all.push_back(key);
    return all;
}

}  // namespace midinet::macos_double

int kqueue() {
    const int queue = ::epoll_create1(EPOLL_CLOEXEC);
    const std::lock_guard lock(midinet::macos_double::mutex);
    midinet::macos_double::queues[queue].clear();
    return queue;
}

int kevent(int queue, const struct kevent* changes, int change_count, struct kevent* events,
           int event_count, const timespec* timeout) {
    namespace here = midinet::macos_double;
    const int told = here::apply_all(queue, changes, change_count, events, event_count);
    if (told != 0 || event_count == 0) return told;
    const auto left = here::duration_of(timeout);
    return here::is_live() ? here::wait_live(queue, events, event_count, left)
                           : here::wait_standing(queue, events, event_count, left);
}
