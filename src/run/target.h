// Which instruction set runs: the best the machine has, or the one MINIMAND_TARGET names.
#pragma once

#include "kernels/kernel.h"

namespace minimand::run {

using kernels::Target;

// "baseline", "avx2", "avx512", "neon"
const char* name(Target target);
// Whether this machine can run it.
bool available(Target target);
// The target of this process. CFG001 if MINIMAND_TARGET names one that is unknown or not available.
Target active_target();
// For tests: the target of the calls that follow, in every thread.
void force_target(Target target);

}  // namespace minimand::run
