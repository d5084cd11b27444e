// Kernels of the pointwise losses in f64.
#define HWY_TARGET_INCLUDE "kernels/pointwise_f64.cpp"
#define MINIMAND_UNIT builtin_pointwise_f64
#define MINIMAND_FILL(L, out) fill_map<L>((out).map_f64)
#ifndef MINIMAND_LOSSES
#define MINIMAND_LOSSES "losses/catalogue.h"
#endif
#include "kernels/unit.h"
