// The loops that all losses share, for each instruction set: compiled once.
#pragma once

#include "kernels/kernel.h"

namespace minimand::kernels {

struct Loops {
  // Evaluates one block; call.formula computes its elements.
  void (*map_f32)(MapCall<float>&) = nullptr;
  void (*map_f64)(MapCall<double>&) = nullptr;
  // Evaluates at most rows_at_once rows, which share all but logits, target and outputs.
  void (*row_f32)(RowCall<float>*, int) = nullptr;
  void (*row_f64)(RowCall<double>*, int) = nullptr;

  void map(MapCall<float>& call) const { map_f32(call); }
  void map(MapCall<double>& call) const { map_f64(call); }
  void rows(RowCall<float>* calls, int count) const { row_f32(calls, count); }
  void rows(RowCall<double>* calls, int count) const { row_f64(calls, count); }
};

// Those of a target that this build has.
const Loops& loops(Target target);

}  // namespace minimand::kernels
