# What every unit that holds kernels is compiled with, ours and a user's; installed beside the package.

# The bits of a result are promised: no contraction and no fast-math, whatever the user's own flags say.
set(MINIMAND_FLOAT_OPTIONS -ffp-contract=off -fno-fast-math)

# Kernels are optimised whatever the build type. Without, g++ does not inline and compiles what it instantiates late
# for the wrong instruction set: a vector passed between the two arrives as garbage. They are written in vector operations
# already: -O3 costs a third more time to compile and gains nothing.
set(MINIMAND_KERNEL_OPTIONS ${MINIMAND_FLOAT_OPTIONS} -O2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # it would lift loads out of branches and then not fold them into conversions
  list(APPEND MINIMAND_KERNEL_OPTIONS -fno-code-hoisting)
endif()
# Under the sanitizers of our own tests: AddressSanitizer, which makes kernels seven times slower to compile, stays out;
# their memory is the caller's and is checked there.
if(MINIMAND_SANITIZE)
  list(APPEND MINIMAND_KERNEL_OPTIONS -O1)
endif()
if(MINIMAND_SANITIZE STREQUAL "address")
  list(APPEND MINIMAND_KERNEL_OPTIONS -fno-sanitize=address)
endif()

# Each instruction set costs a compilation of every kernel: a baseline, AVX2 and AVX-512 on x86, NEON on Arm.
set(_disabled HWY_SSSE3 HWY_SSE4 HWY_AVX3_DL HWY_SVE HWY_SVE2 HWY_SVE_256 HWY_SVE2_128)
if(NOT DEFINED MINIMAND_TARGETS OR MINIMAND_TARGETS STREQUAL "all")
elseif(MINIMAND_TARGETS STREQUAL "avx2")
  list(APPEND _disabled HWY_AVX3)
elseif(MINIMAND_TARGETS STREQUAL "baseline")
  list(APPEND _disabled HWY_AVX3 HWY_AVX2)
else()
  message(FATAL_ERROR "MINIMAND_TARGETS is '${MINIMAND_TARGETS}'; it may be all, avx2 or baseline")
endif()
list(JOIN _disabled "|" _disabled)
# The baseline is Highway's one-lane SCALAR with every compiler; its EMU128 is broken in g++ before 12.3.
set(MINIMAND_KERNEL_DEFINITIONS "HWY_DISABLED_TARGETS=(${_disabled})" HWY_BROKEN_EMU128=1)
unset(_disabled)
