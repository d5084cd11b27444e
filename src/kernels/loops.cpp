#include "kernels/loops.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/loops.cpp"
#include <hwy/foreach_target.h>  // first: re-includes this file for every target but one
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace minimand::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
#define FORMULA HWY_INLINE
#include "number/simd.inc"
#include "primitives/elementary.inc"
#include "engine/vectors.inc"
#include "engine/map_loop.inc"
#include "engine/statistics.inc"
#include "engine/row_loop.inc"
#include "engine/row_derivatives.inc"
#undef FORMULA

static const Loops all{map_loop<float>, map_loop<double>, row_loop<float>, row_loop<double>};
}  // namespace minimand::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minimand::kernels {

const Loops& loops(Target target) {
  switch (target) {
#if HWY_TARGETS & HWY_AVX2
    case Target::avx2: return N_AVX2::all;
#endif
#if HWY_TARGETS & HWY_AVX3
    case Target::avx512: return N_AVX3::all;
#endif
#if HWY_TARGETS & HWY_NEON
    default: return N_NEON::all;
#else
    default: return N_SCALAR::all;
#endif
  }
}

}  // namespace minimand::kernels
#endif
