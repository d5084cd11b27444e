#include "api/builtin.h"

namespace minimand {

// The build cuts the catalogue into slices, so that an edit of one loss compiles a few again and not all.
#define MINIMAND_SLICE(slice)                                 \
  namespace slice {                                           \
  int count();                                                \
  void fill_facts(LossEntry*);                                \
  bool fill_kernels(kernels::Target, kernels::Kernels*);      \
  }
#include "minimand_slices.inc"
#undef MINIMAND_SLICE

std::vector<LossSet> builtin_losses() {
  return {
#define MINIMAND_SLICE(slice) {slice::count(), slice::fill_facts, slice::fill_kernels},
#include "minimand_slices.inc"
#undef MINIMAND_SLICE
  };
}

}  // namespace minimand
