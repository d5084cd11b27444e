# The readers, the pictures, the training code and the command: internal libraries that are not installed.
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
include(MinimandGemm)

# What nearly every unit of the training code and the command includes, read once for each: a third of a unit's time.
set(common_headers <algorithm> <cmath> <functional> <map> <memory> <optional> <span> <string> <vector>
                   <minimand/evaluate.hpp>)

file(GLOB sources CONFIGURE_DEPENDS src/io/*.cpp)
minimand_fuzzed_sources(${sources})
add_library(minimand_io STATIC ${sources})
set_property(SOURCE src/io/json.cpp APPEND PROPERTY  # as the command: cold, and coldest under sanitizers
             COMPILE_OPTIONS $<$<CONFIG:Release>:$<IF:$<BOOL:${MINIMAND_SANITIZE}>,-O0,-O1>>)
target_include_directories(minimand_io PUBLIC src)
target_link_libraries(minimand_io PUBLIC minimand ZLIB::ZLIB nlohmann_json::nlohmann_json
                                  PRIVATE minimand_flags minimand_hardened)

file(GLOB sources CONFIGURE_DEPENDS src/picture/*.cpp)
add_library(minimand_picture STATIC ${sources})
target_include_directories(minimand_picture PUBLIC src)
target_compile_features(minimand_picture PUBLIC cxx_std_20)
target_link_libraries(minimand_picture PRIVATE minimand_flags minimand_cold minimand_hardened)

file(GLOB sources CONFIGURE_DEPENDS src/learn/*.cpp)
add_library(minimand_learn STATIC ${sources})
minimand_kernel_sources(src/learn/optimizer.cpp src/learn/vector_tanh.cpp)
set_property(SOURCE src/learn/optimizer.cpp src/learn/vector_tanh.cpp PROPERTY SKIP_PRECOMPILE_HEADERS ON)  # flags of their own
minimand_fuzzed_sources(src/learn/safetensors.cpp src/learn/safetensors_file.cpp src/learn/options_text.cpp)
minimand_cold_sources(src/learn/checkpoint.cpp src/learn/checkpoint_file.cpp src/learn/model_card.cpp src/learn/model_file.cpp
                      src/learn/model_spec.cpp src/learn/options_text.cpp src/learn/safetensors.cpp
                      src/learn/safetensors_file.cpp src/learn/schedule.cpp src/learn/trainer.cpp)
target_compile_definitions(minimand_learn PRIVATE ${MINIMAND_KERNEL_DEFINITIONS})
# Plain loops over rows and layers: g++ vectorises them at -O3 only.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_property(SOURCE src/learn/activation.cpp src/learn/convolution.cpp src/learn/data.cpp src/learn/network.cpp
               APPEND PROPERTY COMPILE_OPTIONS -ftree-vectorize -fvect-cost-model=dynamic)
endif()
# L-BFGS: a header-only library on Eigen.
find_path(MINIMAND_LBFGSPP_INCLUDE_DIR LBFGS.h REQUIRED)
mark_as_advanced(MINIMAND_LBFGSPP_INCLUDE_DIR)
target_include_directories(minimand_learn SYSTEM PRIVATE ${MINIMAND_LBFGSPP_INCLUDE_DIR})
target_link_libraries(minimand_learn PUBLIC minimand minimand_io
                                     PRIVATE minimand_gemm hwy::hwy minimand_flags minimand_hardened)
target_precompile_headers(minimand_learn PRIVATE ${common_headers})
set_target_properties(minimand_io minimand_learn minimand_picture PROPERTIES POSITION_INDEPENDENT_CODE ON)

file(GLOB sources CONFIGURE_DEPENDS cli/*.cpp)
list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
if(MINIMAND_BUILD_CLI)
  find_package(CLI11 2.1 REQUIRED)
  # All but main.cpp, as objects: tests link them with losses of their own, fuzzers with theirs.
  add_library(minimand_command OBJECT ${sources})
  target_include_directories(minimand_command PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(minimand_command PUBLIC minimand_learn minimand_io minimand_picture minimand CLI11::CLI11
                                                minimand_hardened
                                         PRIVATE minimand_flags
                                                $<IF:$<BOOL:${MINIMAND_SANITIZE}>,minimand_coldest,minimand_cold>)
  target_compile_definitions(minimand_command PRIVATE MINIMAND_VERSION="${PROJECT_VERSION}")
  if(MINIMAND_FUZZ)  # all of it, as minimand_fuzzed_sources() does: precompiled headers must be made with the same options
    target_compile_options(minimand_command PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  target_precompile_headers(minimand_command PRIVATE ${common_headers})
  set_target_properties(minimand_command PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_executable(minimand_cli cli/main.cpp)
  target_link_libraries(minimand_cli PRIVATE minimand_command minimand_flags)
  set_target_properties(minimand_cli PROPERTIES OUTPUT_NAME minimand RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  target_link_options(minimand_cli PRIVATE -pie)
endif()
