// The losses there are: built in ones in the order of losses/catalogue.h, then those the program has added.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <minimand/evaluate.hpp>

namespace minimand {

std::span<const LossEntry* const> catalogue();
// Null if there is none of that name.
const LossEntry* find_loss(std::string_view name);
std::string_view loss_name(const LossEntry& entry);
// The catalogue's name nearest to a misspelt one.
std::string nearest_loss(std::string_view misspelt);

}  // namespace minimand
