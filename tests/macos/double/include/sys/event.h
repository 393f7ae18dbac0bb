// What MIDInet uses of kqueue, declared by hand: names and values as macOS's manual page kqueue(2) has them. double/kqueue.cpp does
// what it says.
#pragma once

#include <cstdint>
#include <ctime>

constexpr std::int16_t EVFILT_READ = -1;
constexpr std::int16_t EVFILT_WRITE = -2;
constexpr std::int16_t EVFILT_SIGNAL = -6;
constexpr std::int16_t EVFILT_TIMER = -7;
constexpr std::int16_t EVFILT_USER = -10;

constexpr std::uint16_t EV_ADD = 0x0001;
constexpr std::uint16_t EV_DELETE = 0x0002;
constexpr std::uint16_t EV_ONESHOT = 0x0010;
constexpr std::uint16_t EV_CLEAR = 0x0020;
constexpr std::uint16_t EV_RECEIPT = 0x0040;
constexpr std::uint16_t EV_ERROR = 0x4000;
constexpr std::uint16_t EV_EOF = 0x8000;
constexpr std::uint32_t NOTE_TRIGGER = 0x01000000;

struct kevent {
    std::uintptr_t ident;
    std::int16_t filter;
    std::uint16_t flags;
    std::uint32_t fflags;
    std::intptr_t data;
    void* udata;
};

extern "C" {
int kqueue();
int kevent(int queue, const struct kevent* changes, int change_count, struct kevent* events, int event_count,
           const struct timespec* timeout);
}
