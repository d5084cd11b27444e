// The primitive tanh compiled for every target.
#include "learn/vector_tanh.h"

#include "facts/facts.h"  // constants of the primitives

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "learn/vector_tanh.cpp"
#include <hwy/foreach_target.h>  // re-includes this file for every target but one
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace minimand::learn::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
#define FORMULA HWY_INLINE
#include "number/simd.inc"

#include "primitives/elementary.inc"
#undef FORMULA

template <class D>
HWY_INLINE void tanh_from(D d, std::int64_t& i, std::int64_t n, hn::TFromD<D>* z) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (; i + lanes <= n; i += lanes) hn::StoreU(core_tanh(Real<D>(hn::LoadU(d, z + i))).raw, d, z + i);
}
template <class T>
HWY_INLINE void tanh_all(std::int64_t n, T* z) {
  std::int64_t i = 0;
  tanh_from(hn::ScalableTag<T>(), i, n, z);
  tanh_from(hn::CappedTag<T, 1>(), i, n, z);
}
void tanh_f32(std::int64_t n, float* z) { tanh_all(n, z); }
void tanh_f64(std::int64_t n, double* z) { tanh_all(n, z); }
}  // namespace minimand::learn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minimand::learn {
HWY_EXPORT(tanh_f32);
HWY_EXPORT(tanh_f64);

void vector_tanh(std::int64_t n, float* z) { HWY_DYNAMIC_DISPATCH(tanh_f32)(n, z); }
void vector_tanh(std::int64_t n, double* z) { HWY_DYNAMIC_DISPATCH(tanh_f64)(n, z); }
}  // namespace minimand::learn
#endif
