// This system's own, and what MIDInet uses of macOS's beside it, declared by hand.
#pragma once

#include_next <sys/socket.h>

#define NET_RT_IFLIST2 6
