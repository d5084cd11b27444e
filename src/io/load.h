// Whole arrays in memory, for what must be held anyway: training data, class weights.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/inputs.h"

namespace minimand::io {

// An array with the memory it views. Moves, does not copy.
struct Owned {
  std::vector<std::byte> bytes;
  array view;

  Owned() = default;
  Owned(Owned&&) = default;
  Owned& operator=(Owned&&) = default;
};

// Any spec that Inputs reads, in row-major order unless the file is in Fortran order.
Owned load(const std::string& spec, const Options& options = {});

}  // namespace minimand::io
