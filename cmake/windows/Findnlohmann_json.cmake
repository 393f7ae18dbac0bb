# It is in header_only.cmake already.
set(nlohmann_json_FOUND TRUE)
