// Facts of an entry.
#include "api/about.h"

#include "kernels/entry.h"

namespace minimand {

const facts::Facts& facts_of(const LossEntry& entry) noexcept { return entry.facts; }

std::span<const facts::Param> parameters_of(const LossEntry& entry) noexcept {
  return {entry.facts.params, static_cast<std::size_t>(entry.parameter_count)};
}

bool is_row_loss(const LossEntry& entry) noexcept { return entry.engine == Engine::statistics; }

}  // namespace minimand
