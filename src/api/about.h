// What the layers above may know of a loss without knowing its kernels.
#pragma once

#include <span>

#include <minimand/catalogue.hpp>

#include "facts/facts.h"

namespace minimand {

const facts::Facts& facts_of(const LossEntry& entry) noexcept;
std::span<const facts::Param> parameters_of(const LossEntry& entry) noexcept;
// Whether it is a loss of rows of classes, not of single elements.
bool is_row_loss(const LossEntry& entry) noexcept;

}  // namespace minimand
