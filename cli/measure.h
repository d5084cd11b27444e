// How good a model is where the truth is known.
#pragma once

#include <string>

#include "learn/model.h"

namespace minimand::cli {

// "test loss 0.3382", and the share of right classes where targets are classes; a line each.
std::string measured_text(const learn::Model& model, const array& features, const array& targets, int threads);

}  // namespace minimand::cli
