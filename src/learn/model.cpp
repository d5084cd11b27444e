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
  const Dense& layer = model.network.layers()[0];
  Coefficients out;
  for (std::int64_t k = 0; k < layer.outputs; ++k)
    out.bias.push_back(static_cast<double>(model.parameters[static_cast<std::size_t>(layer.bias + k)]));
  for (std::int64_t d = 0; d < layer.inputs; ++d) {
    for (std::int64_t k = 0; k < layer.outputs; ++k) {
      const auto i = static_cast<std::size_t>(d);
      const double weight =
          model.scaling.scale[i] *
          static_cast<double>(model.parameters[static_cast<std::size_t>(d * layer.outputs + k)]);
      out.weight.push_back(weight);
      out.bias[static_cast<std::size_t>(k)] -= weight * model.scaling.shift[i];
    }
  }
  return out;
}

}  // namespace minimand::learn
