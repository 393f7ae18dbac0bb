// This system's own, and what MIDInet uses of macOS's beside it, declared by hand. double/machine.cpp does what it says.
#pragma once

#include_next <pthread.h>

#ifdef __cplusplus
/// The calling thread's.
int pthread_setname_np(const char* name);
extern "C" unsigned pthread_mach_thread_np(pthread_t thread);
#endif
