# The two INTERFACE targets every library links, and the function that makes one static library a layer.

add_library(midinet_warnings INTERFACE)
target_compile_options(midinet_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers -Werror
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wimplicit-fallthrough -Wreserved-identifier>)

add_library(midinet_sanitizers INTERFACE)
if(MIDINET_SANITIZE)
  target_compile_options(midinet_sanitizers INTERFACE -fsanitize=${MIDINET_SANITIZE} -fno-omit-frame-pointer -g)
  # With sanitizers g++ 12 takes std::regex's internals for uninitialised (GCC bug 105562).
  target_compile_options(midinet_sanitizers INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(midinet_sanitizers INTERFACE -fsanitize=${MIDINET_SANITIZE})
  if(MIDINET_SANITIZE MATCHES "undefined")
    target_compile_options(midinet_sanitizers INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

find_package(Threads REQUIRED)

# With MIDINET_LTO what runs at every event is compiled to machine code, which tests are linked of in no time, and to what the
# daemons are optimised from as wholes. Whoever links says which.
add_library(midinet_whole INTERFACE)
add_library(midinet_parts INTERFACE)
if(MIDINET_LTO)
  target_link_options(midinet_whole INTERFACE -flto=auto)
  target_link_options(midinet_parts INTERFACE -fno-lto)
endif()

# Systems for which there are neither hosts nor midi-admin.
if(WIN32 OR APPLE)
  set(MIDINET_CLIENT_ONLY ON)
endif()

# With MIDINET_QUICK_BUILD the sources of a folder are compiled as one, but for those named in `apart`: an unnamed namespace of theirs clashes
# with a neighbour's. Those that have options of their own are left alone by CMake.
function(midinet_gather target sources folders apart)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(source ${sources})
    get_filename_component(folder ./${source} DIRECTORY)
    if(folder IN_LIST folders AND NOT source IN_LIST apart)
      string(MAKE_C_IDENTIFIER ${target}_${folder} group)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    endif()
  endforeach()
endfunction()

# midinet_layer(<name> HOT ... SOURCES ... LINKS ...): the static library midinet_<name>, with the house's include root. HOT: the
# sources that an engine thread goes through at every event. TOGETHER, APART: the folders and
# sources of midinet_gather. What MIDINET_LEAVE_OUT matches is left out, where a system has a part only.
function(midinet_layer name)
  cmake_parse_arguments(ARG "" "" "HOT;SOURCES;TOGETHER;APART;LINKS;PRIVATE_LINKS" ${ARGN})
  set(target midinet_${name})
  if(MIDINET_LEAVE_OUT)
    set(left_out ${ARG_HOT} ${ARG_SOURCES})
    list(FILTER left_out INCLUDE REGEX "${MIDINET_LEAVE_OUT}")
    list(TRANSFORM left_out PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    set_property(GLOBAL APPEND PROPERTY MIDINET_LEFT_OUT ${left_out})
    list(FILTER ARG_HOT EXCLUDE REGEX "${MIDINET_LEAVE_OUT}")
    list(FILTER ARG_SOURCES EXCLUDE REGEX "${MIDINET_LEAVE_OUT}")
  endif()
  if(MIDINET_LTO AND ARG_HOT)
    set_source_files_properties(${ARG_HOT} PROPERTIES COMPILE_OPTIONS "-flto;-ffat-lto-objects")
  endif()
  if(ARG_SOURCES OR ARG_HOT)
    add_library(${target} STATIC ${ARG_HOT} ${ARG_SOURCES})
    if(MIDINET_QUICK_BUILD AND NOT MIDINET_QUICK_BUILD STREQUAL "TESTS")
      midinet_gather(${target} "${ARG_SOURCES}" "${ARG_TOGETHER}" "${ARG_APART}")
    endif()
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src/midinet)
    target_link_libraries(${target} PUBLIC ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS} midinet_warnings midinet_sanitizers)
    target_link_libraries(${target} PUBLIC Threads::Threads)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR}/src/midinet)
    target_link_libraries(${target} INTERFACE ${ARG_LINKS})
  endif()
endfunction()

# midinet_program(<name> [WHOLE] SOURCES ... LINKS ...): an executable that ends up in build/<preset>/bin. WHOLE: optimised as one,
# where MIDINET_LTO is on.
function(midinet_program name)
  cmake_parse_arguments(ARG "WHOLE" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} midinet_warnings midinet_sanitizers
    $<IF:$<BOOL:${ARG_WHOLE}>,midinet_whole,midinet_parts>)
endfunction()

# midinet_test(<name> [KERNEL] SOURCES ... [APART ...] LINKS ...): a GoogleTest program, one CTest entry. It is labelled pure: it needs no
# other program, and runs under an emulator, too. Not so with KERNEL: it asks for what qemu-user does not pass on (IP_MULTICAST_ALL and
# other options of sockets, pseudo-terminals). APART: of the sources, those whose unnamed namespace clashes with a neighbour's, where
# MIDINET_QUICK_BUILD compiles several at once.
function(midinet_test name)
  cmake_parse_arguments(ARG "KERNEL" "" "SOURCES;APART;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(MIDINET_QUICK_BUILD)
    target_compile_options(${name} PRIVATE -O0)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gmock_main midinet_warnings midinet_sanitizers midinet_parts)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_KERNEL)
    set_tests_properties(${name} PROPERTIES LABELS pure)
  endif()
endfunction()
