// Kernels of the row losses in f32.
#define HWY_TARGET_INCLUDE "kernels/rows_f32.cpp"
#define MINIMAND_UNIT builtin_rows_f32
#define MINIMAND_FILL(L, out) fill_rows<L>((out).row_f32)
#ifndef MINIMAND_LOSSES
#define MINIMAND_LOSSES "losses/catalogue.h"
#endif
#include "kernels/unit.h"
