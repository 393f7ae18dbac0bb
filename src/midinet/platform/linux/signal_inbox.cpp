#include "platform/linux/signal_inbox.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace midinet::platform {

Result<SignalInbox> SignalInbox::open() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
    ::signal(SIGPIPE, SIG_IGN);
    if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) return fail_errno("blocking signals");
    FileDescriptor fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd.valid()) return fail_errno("opening the signal descriptor");
    return SignalInbox(std::move(fd));
}

std::optional<io::Signal> SignalInbox::next() noexcept {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
    return info.ssi_signo == SIGHUP ? io::Signal::Reload : io::Signal::Stop;
}

}  // namespace midinet::platform
