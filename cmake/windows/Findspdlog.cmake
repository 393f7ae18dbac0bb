# It is in header_only.cmake already.
set(spdlog_FOUND TRUE)
