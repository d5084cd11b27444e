#include "api/builtin.h"

namespace minimand {

namespace builtin_facts {
int count();
void fill_facts(LossEntry* out);
}
#define MINIMAND_UNIT_OF(unit) namespace unit { bool fill(kernels::Target, kernels::Kernels*); }
MINIMAND_UNIT_OF(builtin_pointwise_f32)
MINIMAND_UNIT_OF(builtin_pointwise_f64)
MINIMAND_UNIT_OF(builtin_rows_f32)
MINIMAND_UNIT_OF(builtin_rows_f64)
#undef MINIMAND_UNIT_OF

namespace {
bool fill_kernels(kernels::Target target, kernels::Kernels* out) {
  return builtin_pointwise_f32::fill(target, out) && builtin_pointwise_f64::fill(target, out) &&
         builtin_rows_f32::fill(target, out) && builtin_rows_f64::fill(target, out);
}
}  // namespace

LossSet builtin_losses() { return {builtin_facts::count(), builtin_facts::fill_facts, fill_kernels}; }

}  // namespace minimand
