// Kernels of the pointwise losses in f32.
#define HWY_TARGET_INCLUDE "kernels/pointwise_f32.cpp"
#define MINIMAND_UNIT builtin_pointwise_f32
#define MINIMAND_FILL(L, out) fill_map<L>((out).map_f32)
#ifndef MINIMAND_LOSSES
#define MINIMAND_LOSSES "losses/catalogue.h"
#endif
#include "kernels/unit.h"
