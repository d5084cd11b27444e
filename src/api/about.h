// What the layers above may know of a loss without knowing its kernels.
#pragma once

#include <span>

#include <minimand/catalogue.hpp>

#include "facts/facts.h"

namespace minimand {

const facts::Facts& facts_of(const LossEntry& entry) noexcept;
std::span<const facts::Param> parameters_of(const LossEntry& entry) noexcept;
// The inputs that are differentiated besides the prediction.
std::span<const facts::Input> inputs_of(const LossEntry& entry) noexcept;
// Whether it is a loss of rows of classes, not of single elements.
bool is_row_loss(const LossEntry& entry) noexcept;
// "regression", "binary", ...
const char* word(facts::Family family) noexcept;
// "identity", "logistic", ...
const char* word(facts::Link link) noexcept;
// PAR003 if one of parameters[parameter_count] is outside its range.
void check_parameters(const LossEntry& entry, const double* parameters);

}  // namespace minimand
