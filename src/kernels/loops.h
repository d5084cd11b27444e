// The loops that all losses share, for each instruction set: compiled once.
#pragma once

#include "kernels/kernel.h"

namespace minimand::kernels {

struct Loops {
  // Evaluates one block; call.formula computes its elements.
  void (*map_f32)(MapCall<float>&) = nullptr;
  void (*map_f64)(MapCall<double>&) = nullptr;

  void map(MapCall<float>& call) const { map_f32(call); }
  void map(MapCall<double>& call) const { map_f64(call); }
};

// Those of a target that this build has.
const Loops& loops(Target target);

}  // namespace minimand::kernels
