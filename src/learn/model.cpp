// Coefficients in the units of the data.
#include "learn/model.h"

#include <minimand/error.hpp>

#include "kernels/entry.h"

namespace minimand::learn {

const facts::Facts& Model::facts() const { return loss.entry().facts; }

Coefficients coefficients(const Model& model) {
  if (model.network.layers().size() != 1)
    throw error(error_code::PAR005,
                "model " + model.network.spec().text() + " has hidden layers, so no coefficients");
  const Layer& layer = model.network.layers()[0];
  Coefficients out;
  const auto parameter = [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    return model.exact.empty() ? static_cast<double>(model.parameters[at]) : model.exact[at];
  };
  for (std::int64_t k = 0; k < layer.outputs; ++k)
    out.bias.push_back(parameter(layer.bias + k));
  for (std::int64_t d = 0; d < layer.inputs; ++d) {
    for (std::int64_t k = 0; k < layer.outputs; ++k) {
      const auto i = static_cast<std::size_t>(d);
      const double weight = model.scaling.scale[i] * parameter(d * layer.outputs + k);
      out.weight.push_back(weight);
      out.bias[static_cast<std::size_t>(k)] -= weight * model.scaling.shift[i];
    }
  }
  return out;
}

}  // namespace minimand::learn
