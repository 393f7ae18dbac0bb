# MIDINET_VERSION: what the programs and packages call themselves. At the tag v1.2.3 it is 1.2.3, five commits later
# 1.2.3+5.gabcdef0; where there is no tag, or no git (a release archive), the project's VERSION. -DMIDINET_VERSION=... goes before all.
if(NOT MIDINET_VERSION)
  execute_process(COMMAND git describe --tags --match "v[0-9]*"
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(described MATCHES "^v([0-9.]+)$")
    set(MIDINET_VERSION ${CMAKE_MATCH_1})
  elseif(described MATCHES "^v([0-9.]+)-([0-9]+)-(g[0-9a-f]+)$")
    set(MIDINET_VERSION ${CMAKE_MATCH_1}+${CMAKE_MATCH_2}.${CMAKE_MATCH_3})
  else()
    set(MIDINET_VERSION ${PROJECT_VERSION})
  endif()
endif()
