// One kernel unit: reads the pass (number, primitives, jets, engine) and the loss files once per instruction set
// and gathers the kernels into a table. The unit that includes this defines
//   MINIMAND_LOSSES     the file that includes the loss files (losses/catalogue.h)
//   MINIMAND_UNIT       the name of the table function, and
//   MINIMAND_FILL(L)    how it fills `kernels::Kernels out` for loss L
// and HWY_TARGET_INCLUDE, the path of the unit itself.
#include <cstdint>
#include <type_traits>

#include <hwy/foreach_target.h>  // first: re-includes the unit for every target but one
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
#include "jet/jet.inc"
#include "jet/form.inc"
#include "jet/vocabulary.inc"
#include "engine/parameters.inc"
#include "engine/map.inc"
#include "engine/statistics.inc"
#include "kernels/losses.inc"
#undef FORMULA

// A loss with statistics is a row loss; the others are pointwise.
template <class L, class T>
void fill_map(kernels::MapKernels<T>& out) {
  if constexpr (!requires { typename L::statistics; }) out = map_kernels<L, T>();
}
template <class L, class T>
void fill_rows(kernels::RowKernels<T>& out) {
  if constexpr (requires { typename L::statistics; }) out = row_kernels<L, T>();
}

// Writes the kernels of loss number I of the file, then of the ones after it.
template <int I>
void fill(kernels::Kernels* out) {
  if constexpr (I < Losses::count) {
    using L = typename Numbered<I>::type;
    MINIMAND_FILL(L, out[I]);
    fill<I + 1>(out);
  }
}
void fill_all(kernels::Kernels* out) { fill<0>(out); }
}  // namespace minimand::MINIMAND_UNIT::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minimand::MINIMAND_UNIT {
// Fills out[i] for loss i of the file; false if this build has no code for the target.
bool fill(kernels::Target target, kernels::Kernels* out) {
  switch (target) {
#if HWY_TARGETS & HWY_SCALAR
    case kernels::Target::baseline: N_SCALAR::fill_all(out); return true;
#endif
#if HWY_TARGETS & HWY_AVX2
    case kernels::Target::avx2: N_AVX2::fill_all(out); return true;
#endif
#if HWY_TARGETS & HWY_AVX3
    case kernels::Target::avx512: N_AVX3::fill_all(out); return true;
#endif
#if HWY_TARGETS & HWY_NEON
    case kernels::Target::neon: N_NEON::fill_all(out); return true;
#endif
    default: return false;
  }
}
}  // namespace minimand::MINIMAND_UNIT
#endif
