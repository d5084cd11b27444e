# minimand_add_losses(target loss.h [more.h]): compiles losses of your own into a target.
#
# One unit is generated that reads the files and registers them under their names; value, gradient, second
# derivative and dispatch over instruction sets come with it. The target must be an executable, a shared or module
# library, or an object library: a linker drops a registration that lies unreferenced in a static one.
include_guard()
include("${CMAKE_CURRENT_LIST_DIR}/MinimandKernelFlags.cmake")
# In the source tree the internal headers lie in src/; the installed package says where.
if(NOT MINIMAND_INTERNAL_INCLUDE_DIRS)
  get_filename_component(_root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
  set(MINIMAND_INTERNAL_INCLUDE_DIRS "${_root}/src" "${_root}")
  unset(_root)
endif()
# A caller of the function may be in another directory than this file's reader: a global property outlives scopes.
set_property(GLOBAL PROPERTY MINIMAND_LOSSES_INCLUDE_DIRS "${MINIMAND_INTERNAL_INCLUDE_DIRS}")
set_property(GLOBAL PROPERTY MINIMAND_LOSSES_DEFINITIONS "${MINIMAND_KERNEL_DEFINITIONS}")
set_property(GLOBAL PROPERTY MINIMAND_LOSSES_OPTIONS "${MINIMAND_KERNEL_OPTIONS}")

function(minimand_add_losses target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "minimand_add_losses: '${target}' is not a target")
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY" OR type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "minimand_add_losses: '${target}' is a static or interface library; "
                        "use an executable, a shared, module or object library")
  endif()
  if(NOT ARGN)
    message(FATAL_ERROR "minimand_add_losses: no loss file is given for '${target}'")
  endif()

  set(lines "")
  set(files "")
  foreach(file IN LISTS ARGN)
    get_filename_component(file "${file}" ABSOLUTE)
    if(NOT EXISTS "${file}")
      message(FATAL_ERROR "minimand_add_losses: there is no file '${file}'")
    endif()
    list(APPEND files "${file}")
    string(APPEND lines "#include \"${file}\"\n")
  endforeach()
  set(list "${CMAKE_CURRENT_BINARY_DIR}/${target}_losses.inc")
  set(unit "${CMAKE_CURRENT_BINARY_DIR}/${target}_losses.cpp")
  file(CONFIGURE OUTPUT "${list}" CONTENT "${lines}" @ONLY)
  string(MAKE_C_IDENTIFIER "${target}_losses" name)
  file(CONFIGURE OUTPUT "${unit}" @ONLY CONTENT
       "#define MINIMAND_LOSSES \"${list}\"\n#define MINIMAND_UNIT ${name}\n#include <minimand/custom.hpp>\n")

  get_property(include_dirs GLOBAL PROPERTY MINIMAND_LOSSES_INCLUDE_DIRS)
  get_property(definitions GLOBAL PROPERTY MINIMAND_LOSSES_DEFINITIONS)
  get_property(options GLOBAL PROPERTY MINIMAND_LOSSES_OPTIONS)
  target_sources(${target} PRIVATE "${unit}")
  set_source_files_properties("${unit}" TARGET_DIRECTORY ${target} PROPERTIES
    COMPILE_DEFINITIONS "${definitions}" COMPILE_OPTIONS "${options}"
    INCLUDE_DIRECTORIES "${include_dirs}" OBJECT_DEPENDS "${files}" SKIP_UNITY_BUILD_INCLUSION ON)
  target_link_libraries(${target} PRIVATE minimand::minimand hwy::hwy)
endfunction()
