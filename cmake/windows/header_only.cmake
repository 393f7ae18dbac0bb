# The libraries that are headers alone, as the build machine has them, in a folder of links of their own: the folder they lie in has
# the headers of another system too. fmt and spdlog, which Debian compiles, are headers alone in their other mode.
set(MIDINET_HEADER_ONLY ${CMAKE_BINARY_DIR}/header_only)
file(MAKE_DIRECTORY ${MIDINET_HEADER_ONLY})
foreach(library CLI fmt nlohmann spdlog tl toml++)
  if(NOT EXISTS /usr/include/${library})
    message(FATAL_ERROR "/usr/include/${library} is missing: run scripts/deps.sh windows")
  endif()
  file(CREATE_LINK /usr/include/${library} ${MIDINET_HEADER_ONLY}/${library} SYMBOLIC)
endforeach()

add_library(midinet_header_only INTERFACE)
target_include_directories(midinet_header_only SYSTEM INTERFACE ${MIDINET_HEADER_ONLY})
target_compile_definitions(midinet_header_only INTERFACE FMT_HEADER_ONLY SPDLOG_FMT_EXTERNAL)
foreach(name fmt::fmt nlohmann_json::nlohmann_json spdlog::spdlog tomlplusplus::tomlplusplus)
  add_library(${name} ALIAS midinet_header_only)
endforeach()
