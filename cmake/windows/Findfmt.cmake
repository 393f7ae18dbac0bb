# It is in header_only.cmake already.
set(fmt_FOUND TRUE)
