# What the client for macOS is made of: its own part, and what it takes of the parts that systems share. Also compiled by
# tests/macos, against a double of what it asks of macOS.
set(MIDINET_MACOS_SOURCES
  macos/advice.cpp
  macos/coremidi_feedback.cpp
  macos/coremidi_names.cpp
  macos/coremidi_port.cpp
  macos/dns_sd_browser.cpp
  macos/endpoint_ids.cpp
  macos/host_ticks.cpp
  macos/interface_counts.cpp
  macos/kqueue_waiter.cpp
  macos/mac_meter.cpp
  macos/new_socket.cpp
  macos/ports.cpp
  macos/read_seat.cpp
  macos/realtime.cpp
  macos/serial_line.cpp
  macos/signal_inbox.cpp
  macos/steady_clock.cpp
  macos/udp_options.cpp
  posix/byte_stream.cpp
  posix/byte_stream_port.cpp
  posix/byte_stream_source.cpp
  posix/file_descriptor.cpp
  posix/file_source.cpp
  posix/interfaces.cpp
  posix/mapped_memory.cpp
  posix/membership_watch.cpp
  posix/places.cpp
  posix/recorder_port.cpp
  posix/recording_file.cpp
  posix/state_store.cpp
  posix/udp_network.cpp
  posix/udp_seat.cpp
  posix/udp_socket.cpp
  posix/whole_file.cpp)
list(TRANSFORM MIDINET_MACOS_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/../)
