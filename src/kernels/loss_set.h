// A set of losses compiled together: a slice of the catalogue, or what a program adds with <minimand/custom.hpp>.
#pragma once

#include "kernels/entry.h"

namespace minimand {

struct LossSet {
  int count;
  void (*fill_facts)(LossEntry* out);                                      // out[count]
  bool (*fill_kernels)(kernels::Target target, kernels::Kernels* out);     // out[count]; false: no code for it
};

// Adds a set to the catalogue. A name that is there already is INT001: two definitions of one loss.
void add_losses(const LossSet& set);

// Adds a set when the program starts.
struct LossRegistration {
  explicit LossRegistration(const LossSet& set) { add_losses(set); }
};

}  // namespace minimand
