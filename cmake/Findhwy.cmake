# Finds Google Highway and defines hwy::hwy: from its CMake package, else from the header and the library alone.
find_package(hwy CONFIG QUIET)
if(NOT TARGET hwy::hwy)
  find_path(hwy_INCLUDE_DIR hwy/highway.h)
  find_library(hwy_LIBRARY hwy)
  mark_as_advanced(hwy_INCLUDE_DIR hwy_LIBRARY)
  if(hwy_INCLUDE_DIR AND hwy_LIBRARY)
    add_library(hwy::hwy UNKNOWN IMPORTED)
    set_target_properties(hwy::hwy PROPERTIES
      IMPORTED_LOCATION "${hwy_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${hwy_INCLUDE_DIR}")
  endif()
endif()
if(TARGET hwy::hwy)
  set(hwy_TARGET hwy::hwy)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(hwy REQUIRED_VARS hwy_TARGET
  REASON_FAILURE_MESSAGE "Google Highway is missing (on Debian: apt-get install libhwy-dev)")
