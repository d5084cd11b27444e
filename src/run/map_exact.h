// The careful second look at a block whose results are not all finite.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"
#include "run/evaluate.h"

namespace minimand::run {

// Looks at every element of the block again: says why a result is NaN or infinite (the flags returned), repairs a
// result whose value fits although an intermediate overflowed, stores the one canonical NaN, and sums again.
//   call: as the kernel left it; its outputs and sum are corrected in place
//   exact: the second derivative is the exact one, which the wide reference can repair
template <class T>
std::uint32_t exact_block(const Spec& spec, bool exact, kernels::MapCall<T>& call);

}  // namespace minimand::run
