// What MIDInet uses of Mach's errors, declared by hand.
#pragma once

extern "C" char* mach_error_string(int error);
