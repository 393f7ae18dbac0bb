# What is macOS's own. Also compiled by tests/macos, against a double of what it asks of macOS.
set(MIDINET_MACOS_SOURCES
  coremidi_feedback.cpp
  coremidi_names.cpp
  coremidi_port.cpp
  dns_sd_browser.cpp
  endpoint_ids.cpp
  host_ticks.cpp
  kqueue_waiter.cpp
  read_seat.cpp)
