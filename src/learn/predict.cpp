// Predictions in chunks of fixed size, one task each.
#include "learn/predict.h"

#include <algorithm>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "learn/classes.h"
#include "learn/link.h"
#include "learn/options_text.h"
#include "learn/parallel.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t chunk = 256;  // rows

}  // namespace

As parse_as(std::string_view text) {
  constexpr std::string_view names[] = {"prediction", "mean", "label"};
  for (int i = 0; i < 3; ++i)
    if (text == names[i]) return static_cast<As>(i);
  throw error(error_code::PAR005,
              "unknown form of prediction \"" + escaped(text) + "\"" + suggestion(text, names));
}

array Predictions::view() const {
  const std::int64_t extents[] = {rows, columns};
  const std::span<const std::int64_t> shape(extents, columns > 0 ? 2 : 1);
  if (!labels.empty()) return array(labels.data(), dtype::i64, shape, false);
  return array(values.data(), dtype::f32, shape, false);
}

Predictions predict(const Model& model, const array& features, As as, int threads) {
  const Rows rows(features, "features");
  const Network& network = model.network;
  if (rows.columns() != network.inputs()) {
    throw error(error_code::CFG002, "the model takes " + std::to_string(network.inputs()) +
                                        " features, the data have " + std::to_string(rows.columns()));
  }
  const facts::Facts& about = model.facts();
  const Classes classes = classes_of(model.loss);
  if (as == As::label && classes.kind == ClassKind::none) {
    throw error(error_code::PAR005, "labels: predictions of " + model.loss.text() +
                                        " are no classes; ask for prediction or mean");
  }
  const bool largest = as == As::label && classes.kind == ClassKind::rows;
  const std::int64_t n = rows.rows(), width = network.outputs(), each = largest ? 1 : width;
  Predictions out;
  out.rows = n;
  out.columns = model.listed && !largest ? width : 0;
  (as == As::label ? out.labels.resize(static_cast<std::size_t>(n * each))
                   : out.values.resize(static_cast<std::size_t>(n * each)));

  if (threads <= 0) threads = run::default_threads();
  const std::int64_t chunks = (n + chunk - 1) / chunk;
  std::vector<Pass<float>> passes;
  for (int w = 0; w < run::workers(threads, chunks); ++w)
    passes.emplace_back(network, std::min(n, chunk), false);
  each_task(threads, chunks, [&](std::int64_t task, int worker) {
    Pass<float>& pass = passes[static_cast<std::size_t>(worker)];
    const std::int64_t first = task * chunk, count = std::min(chunk, n - first);
    for (std::int64_t r = 0; r < count; ++r)
      scale_row(rows, model.scaling, first + r, pass.values[0].data() + r * network.inputs());
    forward(network, model.parameters.data(), pass, 0, count);
    float* y = pass.values.back().data();
    link_forward(about.activation, count, width, y, y);
    if (largest) {
      largest_of_rows(y, count, width, out.labels.data() + first);
    } else if (as == As::label) {
      for (std::int64_t i = 0; i < count * width; ++i)
        out.labels[static_cast<std::size_t>(first * width + i)] =
            static_cast<std::int64_t>(is_high(classes, y[i]) ? classes.high : classes.low);
    } else {
      if (as == As::mean) link_forward(about.mean, count, width, y, y);
      std::copy(y, y + count * width, out.values.data() + first * width);
    }
  });
  return out;
}

}  // namespace minimand::learn
