# Each file of examples/ is one program, C or C++; each folder is one too, with the losses of its own that it holds.
# The tests run them all.
function(minimand_example name)
  set(target example_${name})
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE minimand minimand_flags)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples LINKER_LANGUAGE CXX
    C_STANDARD 99 C_EXTENSIONS OFF)
  if(MINIMAND_BUILD_TESTS)
    add_test(NAME ${target} COMMAND ${target})
    set_tests_properties(${target} PROPERTIES TIMEOUT 300 LABELS example)
  endif()
endfunction()

file(GLOB examples CONFIGURE_DEPENDS examples/*.cpp examples/*.c)
foreach(source IN LISTS examples)
  get_filename_component(name ${source} NAME_WE)
  minimand_example(${name} ${source})
endforeach()

file(GLOB folders CONFIGURE_DEPENDS examples/*/main.cpp)
foreach(source IN LISTS folders)
  get_filename_component(folder ${source} DIRECTORY)
  get_filename_component(name ${folder} NAME)
  minimand_example(${name} ${source})
  file(GLOB losses CONFIGURE_DEPENDS ${folder}/*.h)
  if(losses)
    minimand_add_losses(example_${name} ${losses})
  endif()
endforeach()
