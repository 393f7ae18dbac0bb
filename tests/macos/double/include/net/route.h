// This system's own, and what MIDInet uses of macOS's beside it, declared by hand.
#pragma once

#include_next <net/route.h>

#define RTM_IFINFO2 0x12
