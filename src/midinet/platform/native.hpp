// What programs take of whichever system this is built for. The one place that tells them apart.
#pragma once

#include "platform/posix/places.hpp"
#include "platform/posix/state_store.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"
#include "platform/posix/whole_file.hpp"
#ifdef _WIN32
#include "platform/windows/child_program.hpp"
#include "platform/windows/directory.hpp"
#include "platform/windows/event_waiter.hpp"
#include "platform/windows/local_machine.hpp"
#include "platform/windows/realtime.hpp"
#include "platform/windows/setting_files.hpp"
#include "platform/windows/signal_inbox.hpp"
#include "platform/windows/windows_meter.hpp"
#elif defined(__APPLE__) || defined(MIDINET_MACOS_DOUBLE)
#include "platform/macos/dns_sd_browser.hpp"
#include "platform/macos/kqueue_waiter.hpp"
#include "platform/macos/mac_meter.hpp"
#include "platform/macos/realtime.hpp"
#include "platform/macos/signal_inbox.hpp"
#else
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/child_program.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/local_machine.hpp"
#include "platform/linux/proc_meter.hpp"
#include "platform/linux/realtime.hpp"
#include "platform/linux/setting_files.hpp"
#include "platform/linux/signal_inbox.hpp"
#endif

namespace midinet::platform {

#ifdef _WIN32
using NativeWaiter = EventWaiter;
using NativeMeter = WindowsMeter;
#elif defined(__APPLE__) || defined(MIDINET_MACOS_DOUBLE)
using NativeWaiter = KqueueWaiter;
using NativeMeter = MacMeter;
#else
using NativeWaiter = EpollWaiter;
using NativeMeter = ProcMeter;
#endif

}  // namespace midinet::platform
