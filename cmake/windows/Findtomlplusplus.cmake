# It is in header_only.cmake already.
set(tomlplusplus_FOUND TRUE)
