// What MIDInet uses of IOKit's serial lines, declared by hand. No line of this system knows it: what is tried here is a pseudo-terminal,
// which does not know it on macOS either.
#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#define IOSSIOSPEED _IOW('T', 2, speed_t)
