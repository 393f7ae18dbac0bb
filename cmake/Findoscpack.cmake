# oscpack::oscpack. Debian's liboscpack-dev brings neither a CMake nor a pkg-config file.
find_path(OSCPACK_INCLUDE_DIR oscpack/osc/OscReceivedElements.h)
find_library(OSCPACK_LIBRARY oscpack)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(oscpack REQUIRED_VARS OSCPACK_LIBRARY OSCPACK_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install liboscpack-dev (make deps)")
if(oscpack_FOUND AND NOT TARGET oscpack::oscpack)
  add_library(oscpack::oscpack UNKNOWN IMPORTED)
  set_target_properties(oscpack::oscpack PROPERTIES
    IMPORTED_LOCATION ${OSCPACK_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${OSCPACK_INCLUDE_DIR})
endif()
mark_as_advanced(OSCPACK_INCLUDE_DIR OSCPACK_LIBRARY)
