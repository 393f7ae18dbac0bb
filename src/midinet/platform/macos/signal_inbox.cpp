#include "platform/macos/signal_inbox.hpp"

#include <sys/event.h>

#include <array>
#include <csignal>

namespace midinet::platform {
namespace {

using Event = struct kevent;

Event watching(int signal) noexcept {
    Event event{};
    event.ident = static_cast<std::uintptr_t>(signal);
    event.filter = EVFILT_SIGNAL;
    event.flags = EV_ADD;
    return event;
}

}  // namespace

Result<SignalInbox> SignalInbox::open() {
    FileDescriptor queue(::kqueue());
    if (!queue.valid()) return fail_errno("creating a kqueue for signals");
    const std::array told{watching(SIGTERM), watching(SIGINT), watching(SIGHUP)};
    // Watched before they are ignored: none that comes in between is lost, it ends the process.
    if (::kevent(queue.get(), told.data(), told.size(), nullptr, 0, nullptr) < 0)
        return fail_errno("watching signals");
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
        if (std::signal(signal, SIG_IGN) == SIG_ERR) return fail_errno("ignoring a signal");
    return SignalInbox(std::move(queue));
}

std::optional<io::Signal> SignalInbox::next() noexcept {
    Event event{};
    const timespec at_once{};
    if (::kevent(queue_.get(), nullptr, 0, &event, 1, &at_once) != 1) return std::nullopt;
    return event.ident == SIGHUP ? io::Signal::Reload : io::Signal::Stop;
}

}  // namespace midinet::platform
