// Prepares a training run.
#include "learn/setup.h"

#include <algorithm>
#include <cmath>
#include <minimand/error.hpp>

#include "learn/options_text.h"
#include "learn/link.h"
#include "learn/start.h"
#include "run/convert.h"
#include "run/pool.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t worth_threads = 1 << 20;  // multiplications; less is done before a thread has woken

// (rows, height, width) or (rows, height, width, channels); anything else is no image.
Image image_of(const array& features) {
  if (features.rank == 3) return {features.shape[1], features.shape[2], 1};
  if (features.rank == 4) return {features.shape[1], features.shape[2], features.shape[3]};
  return {};
}

void refuse(bool wrong, const std::string& why) {
  if (wrong) throw error(error_code::PAR005, why);
}

// What the methods that take all rows cannot do.
void check_method(const Setup& setup) {
  const FitOptions& o = setup.options;
  const OptimizerEntry& entry = setup.optimizer.entry();
  if (entry.method == Method::batches) return;
  const std::string name = std::string("optimiser ") + entry.name;
  refuse(!setup.schedule.constant() && !(entry.method == Method::descent && setup.optimizer.rate() > 0),
         name + " finds its own steps; a schedule needs a learning rate");
  refuse(o.clip > 0, name + " takes all rows at once; clipping goes with batches");
  refuse(o.dropout > 0, name + " takes all rows at once; dropout goes with batches");
  refuse(setup.augment.any(), name + " takes all rows at once; augmentation goes with batches");
  if (entry.method != Method::newton) return;
  refuse(setup.model.network.layers().size() > 1, "optimiser newton is for linear models");
  refuse(setup.model.facts().activation != Link::identity,
         "optimiser newton needs the form of " + setup.model.loss.text() + " that takes logits");
  refuse(setup.model.network.inputs() > 8192, "optimiser newton is for at most 8192 features; lbfgs has no limit");
}

// The class of each row by the order of classes, for balanced weights.
std::vector<std::int64_t> classes_of_rows(const Setup& setup, std::int64_t& count) {
  const array& targets = setup.targets.view();
  const std::int64_t n = setup.targets.rows();
  std::vector<std::int64_t> classes(static_cast<std::size_t>(n));
  refuse(setup.classes.kind == ClassKind::none || targets.rank != 1 ||
             (setup.classes.kind == ClassKind::pair && !setup.accuracy),
         "balanced class weights need one class per row; targets of " + setup.model.loss.text() + " are none here");
  if (setup.classes.kind == ClassKind::rows) {
    run::read_labels(targets, 0, n, classes.data());
    count = setup.model.outputs();
    return classes;
  }
  std::vector<double> y(classes.size());
  run::gather(targets, 0, n, y.data());
  for (std::size_t r = 0; r < y.size(); ++r) classes[r] = y[r] == setup.classes.high;
  count = 2;
  return classes;
}

// Each class that is there gets the same sum; then all weights are scaled to mean 1 over the rows learnt from.
std::vector<double> weights_of(const Setup& setup) {
  const auto n = static_cast<std::size_t>(setup.targets.rows());
  const array& given = setup.options.weights;
  std::vector<double> weights(n, 1.0);
  if (given.present) {
    if (given.rank != 1 || given.shape[0] != setup.targets.rows())
      throw error(error_code::SHP001, "there are " + std::to_string(setup.targets.rows()) + " rows and " +
                                          std::to_string(given.size()) + " weights", role::weight);
    run::gather(given, 0, given.shape[0], weights.data());
    std::int64_t wrong = 0, first = -1;
    for (std::size_t r = 0; r < n; ++r) {
      if (weights[r] >= 0 && std::isfinite(weights[r])) continue;
      if (wrong++ == 0) first = static_cast<std::int64_t>(r);
    }
    if (wrong > 0) {
      throw error(error_code::DOM003, "weight of row " + std::to_string(first + 1) + " is " +
                                          run::element_text(given, first) + "; weights are 0 or more and finite (" +
                                          std::to_string(wrong) + " are not)", role::weight, first, wrong);
    }
  }
  if (setup.options.balanced) {
    std::int64_t count = 0;
    const std::vector<std::int64_t> classes = classes_of_rows(setup, count);
    std::vector<double> sums(static_cast<std::size_t>(count));
    for (const std::int64_t r : setup.split.train)
      sums[static_cast<std::size_t>(classes[static_cast<std::size_t>(r)])] += weights[static_cast<std::size_t>(r)];
    for (std::size_t r = 0; r < n; ++r) {
      const double sum = sums[static_cast<std::size_t>(classes[r])];
      weights[r] = sum > 0 ? weights[r] / sum : 0;  // a class that is only among the rows kept to measure
    }
  }
  double sum = 0;
  for (const std::int64_t r : setup.split.train) sum += weights[static_cast<std::size_t>(r)];
  if (!(sum > 0)) throw error(error_code::DOM004, "the weights of all rows to learn from are 0");
  for (double& w : weights) w *= static_cast<double>(setup.split.train.size()) / sum;
  return weights;
}

}  // namespace

Setup::Setup(const array& all_features, const array& all_targets, const FitOptions& chosen)
    : options(chosen),
      threads(chosen.threads > 0 ? chosen.threads : run::default_threads()),
      optimizer(chosen.optimizer),
      schedule(chosen.schedule),
      augment(chosen.augment),
      features(all_features, "features"),
      targets(squeezed_targets(all_targets), "targets"),
      model(chosen.loss),
      classes(classes_of(chosen.loss)),
      row_loss(is_row_loss(chosen.loss)) {
  const ModelSpec spec(options.model);
  check_options(options);
  const std::int64_t n = features.rows(), outputs = output_count(features, targets, options);
  split = split_rows(n, options.valid, options.seed);
  const auto train_rows = static_cast<std::int64_t>(split.train.size());
  refuse(options.patience > 0 && train_rows == n, "patience needs rows to measure the loss; keep some for validation");

  const Image image = image_of(features.view());
  refuse(augment.any() && image.size() == 0,
         "augmentation " + augment.text() + " needs images: features of shape (rows, height, width)");
  model.network = Network(spec, features.columns(), outputs, image);
  refuse(options.dropout > 0 && spec.hidden.empty(), "dropout needs hidden layers; model " + spec.text() + " has none");
  model.listed = row_loss || targets.view().rank == 2;
  accuracy = classes.kind == ClassKind::rows ||
             (classes.kind == ClassKind::pair && all_two_valued(classes, targets.view()));
  check_targets(options.loss, targets, std::vector<float>(static_cast<std::size_t>(outputs)), model.listed);
  check_method(*this);
  if (options.balanced || options.weights.present) weights = weights_of(*this);

  model.parameters.resize(static_cast<std::size_t>(model.network.parameter_count()));
  model.network.initialise(options.seed, model.parameters.data());
  const std::vector<double> bias = best_constant(options.loss, targets, weights, split.train, outputs);
  std::copy(bias.begin(), bias.end(), model.parameters.begin() + model.network.layers().back().bias);
  model.scaling = measure_scaling(features, split.train);

  model.optimizer = optimizer.text(), model.schedule = schedule.text(), model.augment = augment.text();
  model.seed = options.seed;
  model.rows = train_rows;
  model.valid_rows = n - train_rows;
  model.batch = optimizer.entry().method == Method::batches ? std::min(options.batch, train_rows) : train_rows;
  model.epochs = options.epochs;
  model.l1 = options.l1, model.l2 = options.l2, model.clip = options.clip, model.dropout = options.dropout;
  model.patience = options.patience;
  model.balanced = options.balanced, model.weighted = options.weights.present;
  model.feature_names = options.feature_names, model.target_names = options.target_names;
  model.columns = options.columns, model.class_names = options.class_names;
}

int Setup::threads_for(std::int64_t rows) const {
  return rows * model.network.work_per_row() < worth_threads ? 1 : threads;
}

template <class T>
double Setup::penalty(const T* parameters) const {
  if (!(options.l1 > 0 || options.l2 > 0)) return 0;
  double absolute = 0, squares = 0;
  for (const Layer& layer : model.network.layers()) {
    for (std::int64_t i = layer.weight; i < layer.bias; ++i) {
      const auto w = static_cast<double>(parameters[i]);
      absolute += std::abs(w), squares += w * w;
    }
  }
  return options.l1 * absolute + options.l2 / 2 * squares;
}
template double Setup::penalty(const float*) const;
template double Setup::penalty(const double*) const;

}  // namespace minimand::learn
