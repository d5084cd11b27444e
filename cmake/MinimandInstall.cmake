# Installs the library with its headers, what a loss of one's own needs, the command, and the ways to find them.
include(CMakePackageConfigHelpers)

install(TARGETS minimand EXPORT minimand)
install(DIRECTORY include/minimand DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# custom.hpp reads these; nothing else does.
set(internal ${CMAKE_INSTALL_INCLUDEDIR}/minimand/internal)
install(DIRECTORY src/facts src/number src/primitives src/jet src/engine src/kernels src/run
        DESTINATION ${internal} FILES_MATCHING PATTERN *.h PATTERN *.inc)
if(TARGET minimand_cli)
  install(TARGETS minimand_cli)
  if(NOT CMAKE_CROSSCOMPILING)  # the command writes its own page of the manual
    add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/minimand.1
      COMMAND minimand_cli --man > ${PROJECT_BINARY_DIR}/minimand.1 DEPENDS minimand_cli VERBATIM)
    add_custom_target(minimand_man ALL DEPENDS ${PROJECT_BINARY_DIR}/minimand.1)
    install(FILES ${PROJECT_BINARY_DIR}/minimand.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  endif()
  if(BUILD_SHARED_LIBS)
    file(RELATIVE_PATH to_library /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
    set_target_properties(minimand_cli PROPERTIES INSTALL_RPATH $ORIGIN/${to_library})
  endif()
endif()

set(config ${CMAKE_INSTALL_LIBDIR}/cmake/minimand)
install(EXPORT minimand NAMESPACE minimand:: FILE minimandTargets.cmake DESTINATION ${config})
configure_package_config_file(cmake/minimandConfig.cmake.in ${PROJECT_BINARY_DIR}/minimandConfig.cmake
                              INSTALL_DESTINATION ${config} PATH_VARS internal)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/minimandConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/minimandConfig.cmake ${PROJECT_BINARY_DIR}/minimandConfigVersion.cmake
              cmake/Findhwy.cmake cmake/MinimandKernelFlags.cmake cmake/MinimandLosses.cmake
        DESTINATION ${config})

# The prefix is found from where the file lies, so that an installed tree may be moved.
set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH to_prefix /${pkgconfig} /)
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
set(requires "Requires.private")
if(NOT BUILD_SHARED_LIBS)
  set(requires "Requires")
endif()
configure_file(cmake/minimand.pc.in ${PROJECT_BINARY_DIR}/minimand.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/minimand.pc DESTINATION ${pkgconfig})
