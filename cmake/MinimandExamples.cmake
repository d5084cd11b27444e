# Each file of examples/ is one program, C or C++; each folder is one too, with the losses of its own that it holds.
# The tests run them all; 77 says that data it needs is not installed.
function(minimand_example name)
  set(target example_${name})
  add_executable(${target} ${ARGN})
  # Most need the public headers alone. What else one includes is what it links to; page.h draws.
  file(STRINGS ${ARGV1} inner REGEX "^#include \"(learn|io|picture|page)[/.]")
  string(REGEX MATCHALL "(learn|io|picture|page)" inner "${inner}")
  string(REPLACE page picture inner "${inner}")
  list(REMOVE_DUPLICATES inner)
  list(TRANSFORM inner PREPEND minimand_)
  target_link_libraries(${target} PRIVATE ${inner} minimand minimand_flags)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples LINKER_LANGUAGE CXX
    C_STANDARD 99 C_EXTENSIONS OFF)
  if(MINIMAND_BUILD_TESTS)
    set(pictures "")
    if("minimand_picture" IN_LIST inner)
      set(pictures ${PROJECT_BINARY_DIR}/examples/pictures)
      file(MAKE_DIRECTORY ${pictures})
    endif()
    add_test(NAME ${target} COMMAND ${target} ${pictures})
    set_tests_properties(${target} PROPERTIES TIMEOUT 300 LABELS example SKIP_RETURN_CODE 77)
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

# The pages of docs/examples quote these programs and their numbers.
if(MINIMAND_BUILD_TESTS)
  add_test(NAME example_pages
           COMMAND ${PROJECT_SOURCE_DIR}/tools/example_pages.sh --check ${PROJECT_BINARY_DIR}/examples)
  set_tests_properties(example_pages PROPERTIES LABELS example)
endif()
