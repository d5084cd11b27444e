// Facts of an entry.
#include "api/about.h"

#include "kernels/entry.h"

namespace minimand {

const facts::Facts& facts_of(const LossEntry& entry) noexcept { return entry.facts; }

std::span<const facts::Input> inputs_of(const LossEntry& entry) noexcept {
  return {entry.facts.inputs, static_cast<std::size_t>(entry.heads - 1)};
}
std::span<const facts::Param> parameters_of(const LossEntry& entry) noexcept {
  return {entry.facts.params, static_cast<std::size_t>(entry.parameter_count)};
}

bool is_row_loss(const LossEntry& entry) noexcept { return entry.engine == Engine::statistics; }

const char* word(facts::Family family) noexcept {
  using facts::Family;
  switch (family) {
    case Family::regression: return "regression";
    case Family::binary: return "binary";
    case Family::count: return "count";
    case Family::margin: return "margin";
    case Family::softmax: return "softmax";
    case Family::divergence: return "divergence";
  }
  return "";
}

const char* word(facts::Link link) noexcept {
  using facts::Link;
  switch (link) {
    case Link::identity: return "identity";
    case Link::logistic: return "logistic";
    case Link::softmax: return "softmax";
    case Link::log_softmax: return "log_softmax";
    case Link::exponential: return "exponential";
    case Link::sign: return "sign";
  }
  return "";
}

}  // namespace minimand
