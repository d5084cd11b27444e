// One kernel unit: reads the pass (number, primitives, jets, engines) and the loss files once per instruction set
// and gathers the kernels into a table. Whoever includes it defines
//   MINIMAND_LOSSES   the file that includes the loss files
//   MINIMAND_UNIT     the namespace, within minimand, of the table function `fill_kernels`
// It has no include guard: Highway reads it again for every target.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE__)
// Without inlining, g++ compiles templates it instantiates late for the wrong instruction set: vectors arrive as garbage.
#error "minimand: kernels need an optimising compilation; add -O2 to the flags of this unit"
#endif
#include <cstdint>
#include <type_traits>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/unit.h"
#include <hwy/foreach_target.h>  // first: re-includes this file for every target but one
#include <hwy/highway.h>

#include "kernels/kernel.h"

HWY_BEFORE_NAMESPACE();
namespace minimand::MINIMAND_UNIT::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
#define FORMULA HWY_INLINE
#include "number/simd.inc"
#include "primitives/elementary.inc"
#include "primitives/gamma.inc"
#include "primitives/rules.inc"
#include "primitives/wide.inc"
#include "jet/jet.inc"
#include "jet/form.inc"
#include "jet/vocabulary.inc"
#include "engine/parameters.inc"
#include "engine/vectors.inc"
#include "engine/map.inc"
#include "engine/statistics_tags.inc"
#include "engine/row.inc"
#include "kernels/losses.inc"
#undef FORMULA

// Writes the kernels of loss number I of the file and of those after it. A loss with statistics is a row loss.
template <int I>
static void fill_from(kernels::Kernels* out) {
  if constexpr (I < Losses::count) {
    using L = typename Numbered<I>::type;
    if constexpr (requires { typename L::statistics; }) {
      out[I].row_f32 = row_formulas<L, float>();
      out[I].row_f64 = row_formulas<L, double>();
    } else {
      out[I].map_f32 = map_formulas<L, float>();
      out[I].map_f64 = map_formulas<L, double>();
    }
    fill_from<I + 1>(out);
  }
}
static void fill(kernels::Kernels* out) { fill_from<0>(out); }
}  // namespace minimand::MINIMAND_UNIT::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minimand::MINIMAND_UNIT {
// Fills out[i] for loss i of the file; false if this build has no code for the target.
bool fill_kernels(kernels::Target target, kernels::Kernels* out) {
  switch (target) {
#if HWY_TARGETS & HWY_SCALAR
    case kernels::Target::baseline: N_SCALAR::fill(out); return true;
#endif
#if HWY_TARGETS & HWY_AVX2
    case kernels::Target::avx2: N_AVX2::fill(out); return true;
#endif
#if HWY_TARGETS & HWY_AVX3
    case kernels::Target::avx512: N_AVX3::fill(out); return true;
#endif
#if HWY_TARGETS & HWY_NEON
    case kernels::Target::neon: N_NEON::fill(out); return true;
#endif
    default: return false;
  }
}
}  // namespace minimand::MINIMAND_UNIT
#endif
