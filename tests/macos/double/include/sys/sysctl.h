// What MIDInet uses of sysctl(3), declared by hand. double/machine.cpp does what it says.
#pragma once

#include <cstddef>

constexpr int CTL_NET = 4;

extern "C" {
/// With a null `old` it tells how many bytes there are.
int sysctl(int* name, unsigned name_length, void* old, std::size_t* old_size, void* fresh, std::size_t fresh_size);
int sysctlbyname(const char* name, void* old, std::size_t* old_size, void* fresh, std::size_t fresh_size);
}
