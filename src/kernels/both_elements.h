// Joins the kernels of a slice whose element types are compiled in units of their own, for the time an edit takes.
// Whoever includes it defines MINIMAND_UNIT, as for kernels/unit.h.
#pragma once

#include "kernels/kernel.h"

namespace minimand::MINIMAND_UNIT {
bool fill_kernels_of(float, kernels::Target target, kernels::Kernels* out);
bool fill_kernels_of(double, kernels::Target target, kernels::Kernels* out);
bool fill_kernels(kernels::Target target, kernels::Kernels* out) {
  return fill_kernels_of(float(), target, out) && fill_kernels_of(double(), target, out);
}
}  // namespace minimand::MINIMAND_UNIT
