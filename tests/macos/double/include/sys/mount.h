// This system's own, and statfs, which macOS has here.
#pragma once

#include_next <sys/mount.h>
#include <sys/statfs.h>
