# A toolchain that configures this tree as on a Mac, with this system's compiler: it tells what would be compiled, and compiles nothing.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_C_COMPILER gcc)
set(CMAKE_CXX_COMPILER g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# What a Mac has in frameworks, and finds by itself.
set(CORE_MIDI CoreMIDI CACHE STRING "")
set(CORE_FOUNDATION CoreFoundation CACHE STRING "")
set(CMAKE_LIBRARY_ARCHITECTURE x86_64-linux-gnu)
