# Compiler flags of our own code, as the interface target minimand_flags; it is never exported.
include(MinimandKernelFlags)

add_library(minimand_flags INTERFACE)
target_compile_options(minimand_flags INTERFACE ${MINIMAND_FLOAT_OPTIONS} -Wall -Wextra)
if(MINIMAND_WERROR)
  target_compile_options(minimand_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps in std::string that are not there (GCC bug 105651).
  target_compile_options(minimand_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()

# Units that compute little: a third less time to compile. Tests, which compute least, are not optimised at all; nor is
# the command under sanitizers, which double the time.
add_library(minimand_cold INTERFACE)
target_compile_options(minimand_cold INTERFACE $<$<CONFIG:Release>:-O1>)
add_library(minimand_coldest INTERFACE)
target_compile_options(minimand_coldest INTERFACE $<$<CONFIG:Release>:-O0>)

# The same for some sources of a library that else computes. Precompiled headers are read where both are optimised, or
# neither.
function(minimand_cold_sources)
  if(CMAKE_CXX_FLAGS_RELEASE MATCHES "-O[23]")
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()

# Hardening of what reads untrusted files: the command and its readers. _FORTIFY_SOURCE needs an optimising build.
add_library(minimand_hardened INTERFACE)
target_compile_options(minimand_hardened INTERFACE -fstack-protector-strong)
target_compile_definitions(minimand_hardened INTERFACE _GLIBCXX_ASSERTIONS)
if(NOT MINIMAND_SANITIZE)
  target_compile_options(minimand_hardened INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
endif()
target_link_options(minimand_hardened INTERFACE -Wl,-z,relro,-z,now)

if(MINIMAND_SANITIZE STREQUAL "address")
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set(MINIMAND_FUZZ ON)  # tests/fuzz
    # Refusals are exceptions, and after each the fake stacks of use-after-return would be collected: half of all time.
    list(APPEND sanitize -fsanitize=float-cast-overflow -fsanitize-address-use-after-return=never)
  endif()
elseif(MINIMAND_SANITIZE STREQUAL "thread")
  set(sanitize -fsanitize=thread)
elseif(MINIMAND_SANITIZE)
  message(FATAL_ERROR "MINIMAND_SANITIZE is '${MINIMAND_SANITIZE}'; it may be address, thread or empty")
endif()
add_compile_options(${sanitize})
add_link_options(${sanitize})

# Sources that read what may be hostile: a fuzzer sees by counters in their objects what it reaches.
function(minimand_fuzzed_sources)
  if(MINIMAND_FUZZ)
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -fsanitize=fuzzer-no-link)
    set_property(SOURCE ${ARGN} PROPERTY SKIP_PRECOMPILE_HEADERS ON)  # they were made without
  endif()
endfunction()

# The sources of this directory that are compiled once per instruction set (MinimandKernelFlags.cmake says how).
function(minimand_kernel_sources)
  foreach(source IN LISTS ARGN)
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS ${MINIMAND_KERNEL_OPTIONS})
  endforeach()
endfunction()
