// Losses summed over a stream, with their derivatives written as they come.
#pragma once

#include "cli/stream.h"
#include "cli/words.h"

namespace minimand::cli {

struct Question {
  std::vector<Loss> losses;
  Reduction reduction;
  Call call;                    // ignore, class weight, axis, curvature, empty, threads
  std::int64_t first_row = 0;   // of the stream in a larger whole
  std::string values, gradient, hessian;  // .npy files to write, "" for none; they need a single loss
};

// The sums of each loss. Derivatives of a mean take a first pass for the divisor.
std::vector<Partial> evaluate(Stream& stream, const Question& question);

}  // namespace minimand::cli
