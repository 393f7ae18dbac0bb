// kqueue(2) for tests, on poll(2): level-triggered filters for reading and writing, which are told
// apart, and EVFILT_USER.
#include "kqueue.hpp"

#include "clock.hpp"

#include <poll.h>
#include <sys/event.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>

namespace midinet::macos_double {
namespace {

using Event = struct ::kevent;
using Key = std::pair<std::uintptr_t, std::int16_t>;

struct Note {
    void* udata = nullptr;
    std::uint16_t flags = 0;
    bool is_triggered = false;  ///< EVFILT_USER
    TimePoint due{};            ///< EVFILT_TIMER
};

std::mutex mutex;
/// By the queue's descriptor, an eventfd that is readable while a user event is triggered. A number
/// that is closed and given out again starts anew.
std::map<int, std::map<Key, Note>> queues;
WaitScript script;

std::optional<Duration> duration_of(const timespec* timeout) {
    if (timeout == nullptr) return std::nullopt;
    return std::chrono::seconds{timeout->tv_sec} + Duration{timeout->tv_nsec};
}

int trigger(int queue, const Event& change) {
    const auto found = queues[queue].find({change.ident, change.filter});
    if (found == queues[queue].end()) return ENOENT;
    found->second.is_triggered = true;
    const std::uint64_t one = 1;
    return ::write(queue, &one, sizeof one) == sizeof one ? 0 : errno;
}

bool is_of_descriptor(std::int16_t filter) {
    return filter == EVFILT_READ || filter == EVFILT_WRITE;
}

bool is_open(std::uintptr_t ident) {
    pollfd descriptor{.fd = static_cast<int>(ident), .events = 0, .revents = 0};
    return ::poll(&descriptor, 1, 0) >= 0 && (descriptor.revents & POLLNVAL) == 0;
}

/// 0, or the error number.
int apply(int queue, const Event& change) {
    const Key key{change.ident, change.filter};
    auto& notes = queues[queue];
    if ((change.flags & EV_ADD) != 0) {
        if (is_of_descriptor(change.filter) && !is_open(change.ident)) return EBADF;
        notes[key].udata = change.udata;
        notes[key].flags = change.flags;
        notes[key].due = now() + std::chrono::milliseconds{change.data};
        return 0;
    }
    if ((change.flags & EV_DELETE) != 0) return notes.erase(key) == 1 ? 0 : ENOENT;
    if ((change.fflags & NOTE_TRIGGER) != 0) return trigger(queue, change);
    return notes.contains(key) ? 0 : ENOENT;
}

std::optional<Event> ready_of(const Key& key, const Note& note) {
    Event event{.ident = key.first,
                .filter = key.second,
                .flags = 0,
                .fflags = 0,
                .data = 0,
                .udata = note.udata};
    if (key.second == EVFILT_USER) return note.is_triggered ? std::optional(event) : std::nullopt;
    if (key.second == EVFILT_TIMER) return now() >= note.due ? std::optional(event) : std::nullopt;
    const auto wanted = static_cast<short>(key.second == EVFILT_READ ? POLLIN : POLLOUT);
    pollfd descriptor{.fd = static_cast<int>(key.first), .events = wanted, .revents = 0};
    if (::poll(&descriptor, 1, 0) <= 0 || (descriptor.revents & POLLNVAL) != 0) return std::nullopt;
    if ((descriptor.revents & (POLLHUP | POLLERR)) != 0) event.flags |= EV_EOF;
    return event;
}

int collect(int queue, Event* events, int most) {
    const std::lock_guard lock(mutex);
    int count = 0;
    auto& notes = queues[queue];
    for (auto at = notes.begin(); at != notes.end() && count < most;) {
        auto& [key, note] = *at;
        const auto event = ready_of(key, note);
        if (event) events[count++] = *event;
        if (event && key.second == EVFILT_USER && (note.flags & EV_CLEAR) != 0) {
            note.is_triggered = false;
            std::uint64_t drained = 0;
            (void)!::read(queue, &drained, sizeof drained);
        }
        const bool is_over = event && (note.flags & EV_ONESHOT) != 0;
        at = is_over ? notes.erase(at) : std::next(at);
    }
    return count;
}

/// Truly, until something of the queue is ready.
void wait_for_real(int queue) {
    std::vector<pollfd> descriptors{{.fd = queue, .events = POLLIN, .revents = 0}};
    {
        const std::lock_guard lock(mutex);
        for (const auto& [key, note] : queues[queue])
            if (is_of_descriptor(key.second))
                descriptors.push_back(
                    {.fd = static_cast<int>(key.first),
                     .events = static_cast<short>(key.second == EVFILT_READ ? POLLIN : POLLOUT),
                     .revents = 0});
    }
    ::poll(descriptors.data(), descriptors.size(), -1);
}

/// As kevent's result.
int wait(int queue, Event* events, int most, const timespec* timeout) {
    if (const int count = collect(queue, events, most); count > 0) return count;
    const auto left = duration_of(timeout);
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
    wait_for_real(queue);
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
    const int queue = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    const std::lock_guard lock(midinet::macos_double::mutex);
    midinet::macos_double::queues[queue] = {};
    return queue;
}

int kevent(int queue, const struct kevent* changes, int change_count, struct kevent* events,
           int event_count, const timespec* timeout) {
    const int told =
        midinet::macos_double::apply_all(queue, changes, change_count, events, event_count);
    if (told != 0 || event_count == 0) return told;
    return midinet::macos_double::wait(queue, events, event_count, timeout);
}
