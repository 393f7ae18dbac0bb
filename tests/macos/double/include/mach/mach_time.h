// What MIDInet uses of Mach's clock, declared by hand. double/clock.cpp does what it says.
#pragma once

#include <cstdint>

struct mach_timebase_info_data_t {
    std::uint32_t numer;
    std::uint32_t denom;
};

extern "C" {
/// Nanoseconds are ticks * numer / denom. Gives 0.
int mach_timebase_info(mach_timebase_info_data_t* info);
/// Units: ticks since the machine was started.
std::uint64_t mach_absolute_time();
}
