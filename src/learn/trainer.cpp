// One training run: what is prepared once, the step, the epoch.
#include "learn/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <minimand/error.hpp>
#include <optional>

#include "learn/classes.h"
#include "learn/link.h"
#include "learn/optimizer.h"
#include "learn/parallel.h"
#include "learn/start.h"

namespace minimand::learn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t shard = 32;               // rows of one task of a batch
constexpr std::int64_t measured = 1024;          // rows of one batch when the loss is only measured
constexpr std::int64_t worth_threads = 1 << 20;  // multiplications; less is done before a thread has woken

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Sums over the rows of an epoch.
struct Tally {
  double sum = 0;
  std::int64_t count = 0, hits = 0, compared = 0;
  double mean() const { return count ? sum / static_cast<double>(count) : not_measured; }
  double accuracy() const {
    return compared ? static_cast<double>(hits) / static_cast<double>(compared) : not_measured;
  }
};

class Trainer {
 public:
  Trainer(const array& features, const array& targets, const FitOptions& options);
  Model run(const Watch& watch);

 private:
  // Forward of the rows and the loss; its gradient by the model's output goes to pass.slopes if there are
  // any.
  Result evaluate(Pass<float>& pass, TargetBatch& batch, std::span<const std::int64_t> rows, Tally& tally);
  void step(std::span<const std::int64_t> rows, Tally& tally);
  bool epoch(EpochReport& report, const Watch& watch);
  double penalty() const;
  void add_penalty(const Tile& tile, float* gradient) const;
  int threads_for(std::int64_t rows) const;
  [[noreturn]] void diverged(std::int64_t epoch, double loss) const;

  const FitOptions& options_;
  int threads_;
  Optimizer optimizer_;
  Rows features_, targets_;
  Model model_;
  Split split_;
  Classes classes_;
  bool row_loss_, accuracy_ = false;
  std::optional<Pass<float>> training_, measuring_;
  std::optional<TargetBatch> training_targets_, measuring_targets_;
  AlignedVector<float> prediction_, gradient_;
  std::vector<AlignedVector<float>> states_;
  std::int64_t steps_ = 0;
  Clock::time_point start_ = Clock::now();
};

Trainer::Trainer(const array& features, const array& targets, const FitOptions& options)
    : options_(options),
      threads_(options.threads > 0 ? options.threads : run::default_threads()),
      optimizer_(options.optimizer),
      features_(features, "features"),
      targets_(squeezed_targets(targets), "targets"),
      model_(options.loss),
      classes_(classes_of(options.loss)),
      row_loss_(is_row_loss(options.loss)) {
  const ModelSpec spec(options.model);
  check_options(options);
  const std::int64_t n = features_.rows(), outputs = output_count(features_, targets_, options);
  split_ = split_rows(n, options.valid, options.seed);
  const auto train_rows = static_cast<std::int64_t>(split_.train.size()),
             batch = std::min(options.batch, train_rows);

  model_.network = Network(spec, features_.columns(), outputs);
  model_.parameters.resize(static_cast<std::size_t>(model_.network.parameter_count()));
  model_.network.initialise(options.seed, model_.parameters.data());
  model_.listed = row_loss_ || targets_.view().rank == 2;
  const std::vector<float> bias = best_constant(options.loss, targets_, split_.train, outputs);
  std::copy(bias.begin(), bias.end(), model_.parameters.begin() + model_.network.layers().back().bias);
  check_targets(options.loss, targets_, bias, model_.listed);
  accuracy_ = classes_.kind == ClassKind::rows ||
              (classes_.kind == ClassKind::pair && all_two_valued(classes_, targets_.view()));
  model_.scaling = measure_scaling(features_, split_.train);

  model_.optimizer = optimizer_.text();
  model_.seed = options.seed;
  model_.rows = train_rows;
  model_.valid_rows = n - train_rows;
  model_.batch = batch;
  model_.epochs = options.epochs;
  model_.l1 = options.l1, model_.l2 = options.l2;
  model_.feature_names = options.feature_names, model_.target_names = options.target_names;

  training_.emplace(model_.network, batch, true);
  training_targets_.emplace(targets_, batch);
  const std::int64_t most = std::min(measured, model_.valid_rows);
  measuring_.emplace(model_.network, most, false);
  measuring_targets_.emplace(targets_, most);
  if (model_.facts().activation != Link::identity)
    prediction_.resize(static_cast<std::size_t>(std::max(batch, most) * outputs));
  gradient_.resize(model_.parameters.size());
  states_.assign(static_cast<std::size_t>(optimizer_.entry().states),
                 AlignedVector<float>(model_.parameters.size()));
}

int Trainer::threads_for(std::int64_t rows) const {
  return rows * model_.network.work_per_row() < worth_threads ? 1 : threads_;
}

Result Trainer::evaluate(Pass<float>& pass, TargetBatch& batch, std::span<const std::int64_t> rows,
                         Tally& tally) {
  const Network& network = model_.network;
  const auto n = static_cast<std::int64_t>(rows.size());
  const std::int64_t outputs = network.outputs(), tasks = (n + shard - 1) / shard;
  each_task(threads_for(n), tasks, [&](std::int64_t task, int) {
    const std::int64_t first = n * task / tasks, last = n * (task + 1) / tasks;
    for (std::int64_t r = first; r < last; ++r)
      scale_row(features_, model_.scaling, rows[static_cast<std::size_t>(r)],
                pass.values[0].data() + r * network.inputs());
    forward(network, model_.parameters.data(), pass, first, last);
  });

  const Link link = model_.facts().activation;
  const float* output = pass.values.back().data();
  const float* prediction = output;
  if (link != Link::identity) {
    link_forward(link, n, outputs, output, prediction_.data());
    prediction = prediction_.data();
  }
  const array& targets = batch.gather(rows);
  const std::int64_t extents[] = {n, outputs};
  const std::span<const std::int64_t> shape(extents, model_.listed ? 2 : 1);
  Call call;
  call.reduction = reduction::mean;
  call.threads = threads_for(n);
  if (!pass.slopes.empty()) call.gradient = array(pass.slopes.back().data(), dtype::f32, shape, true);
  const Result result = model_.loss(array(prediction, dtype::f32, shape, false), targets, call);
  if (!pass.slopes.empty()) link_backward(link, n, outputs, output, prediction, pass.slopes.back().data());

  tally.sum += result.sum;
  tally.count += result.count;
  if (accuracy_) {
    std::int64_t compared = 0;
    tally.hits += count_hits(classes_, prediction, n, outputs, targets, compared);
    tally.compared += compared;
  }
  return result;
}

void Trainer::step(std::span<const std::int64_t> rows, Tally& tally) {
  const Network& network = model_.network;
  const auto n = static_cast<std::int64_t>(rows.size());
  Pass<float>& pass = *training_;
  const Result result = evaluate(pass, *training_targets_, rows, tally);
  if (!std::isfinite(result.value)) diverged(-1, result.value);

  const int threads = threads_for(n);
  if (const std::int64_t tasks = (n + shard - 1) / shard; network.layers().size() > 1) {
    each_task(threads, tasks, [&](std::int64_t task, int) {
      backward(network, model_.parameters.data(), pass, n * task / tasks, n * (task + 1) / tasks);
    });
  }
  // The gradient of a tile comes from all rows of the batch, so nothing is summed across threads; the tile's
  // parameters move at once, while they are in the cache.
  const Optimizer::Step constants = optimizer_.step(++steps_);
  each_task(threads, static_cast<std::int64_t>(network.tiles().size()), [&](std::int64_t task, int) {
    const Tile& tile = network.tiles()[static_cast<std::size_t>(task)];
    float* gradient = gradient_.data() + tile.begin;
    parameter_gradient(network, pass, n, tile, gradient);
    if (options_.l1 > 0 || options_.l2 > 0) add_penalty(tile, gradient);
    float* state[Optimizer::max_states];
    for (std::size_t s = 0; s < states_.size(); ++s) state[s] = states_[s].data() + tile.begin;
    optimizer_.update(constants, model_.parameters.data() + tile.begin, gradient, state,
                      tile.end - tile.begin);
  });
}

void Trainer::add_penalty(const Tile& tile, float* gradient) const {
  const auto l1 = static_cast<float>(options_.l1), l2 = static_cast<float>(options_.l2);
  const float* w = model_.parameters.data() + tile.begin;
  for (std::int64_t i = 0; i < tile.weights_end - tile.begin; ++i)
    gradient[i] += l2 * w[i] + l1 * static_cast<float>((w[i] > 0) - (w[i] < 0));
}

double Trainer::penalty() const {
  if (!(options_.l1 > 0 || options_.l2 > 0)) return 0;
  double absolute = 0, squares = 0;
  for (const Dense& layer : model_.network.layers()) {
    for (std::int64_t i = layer.weight; i < layer.bias; ++i) {
      const auto w = static_cast<double>(model_.parameters[static_cast<std::size_t>(i)]);
      absolute += std::abs(w), squares += w * w;
    }
  }
  return options_.l1 * absolute + options_.l2 / 2 * squares;
}

void Trainer::diverged(std::int64_t epoch, double loss) const {
  const auto current = epoch > 0 ? epoch : static_cast<std::int64_t>(model_.history.size()) + 1;
  std::string text =
      "training diverged in epoch " + std::to_string(current) + ", step " + std::to_string(steps_) + ": ";
  text += std::isnan(loss) ? "the mean loss is nan" : "the mean loss is infinite";
  text += "; try a smaller learning rate (" + optimizer_.text_with_rate(optimizer_.rate() / 10) + ")";
  if (model_.facts().activation != Link::identity) text += " or the form of the loss that takes logits";
  throw error(error_code::RUN001, text);
}

// False if the caller wants no more.
bool Trainer::epoch(EpochReport& report, const Watch& watch) {
  const Clock::time_point begin = Clock::now();
  const std::vector<std::int64_t> order = epoch_order(split_.train, options_.seed, report.epoch);
  const std::span<const std::int64_t> rows(order);
  const auto batch = static_cast<std::size_t>(model_.batch);
  Tally train, valid;
  bool going = true;
  for (std::size_t at = 0; at < rows.size() && going; at += batch) {
    const std::size_t n = std::min(batch, rows.size() - at);
    step(rows.subspan(at, n), train);
    if (watch.batch) {
      going = watch.batch({report.epoch, report.epochs, static_cast<std::int64_t>(at + n),
                           static_cast<std::int64_t>(rows.size()), train.mean(), since(start_)});
    }
  }
  report.seconds = since(begin);
  report.rows_per_second = static_cast<double>(train.count) / report.seconds;
  for (const float w : model_.parameters)
    if (!std::isfinite(w)) diverged(report.epoch, not_measured);
  const std::span<const std::int64_t> kept(split_.valid);
  for (std::size_t at = 0; at < kept.size() && going; at += measured)
    evaluate(*measuring_, *measuring_targets_,
             kept.subspan(at, std::min<std::size_t>(measured, kept.size() - at)), valid);
  report.train_loss = train.mean() + penalty(), report.train_accuracy = train.accuracy();
  report.valid_loss = valid.mean(), report.valid_accuracy = valid.accuracy();
  return going;
}

Model Trainer::run(const Watch& watch) {
  start_ = Clock::now();
  if (watch.start) watch.start(model_);
  for (std::int64_t e = 1; e <= options_.epochs; ++e) {
    EpochReport report;
    report.epoch = e, report.epochs = options_.epochs;
    const bool going = epoch(report, watch);
    model_.history.push_back(report);
    if (watch.epoch && going) watch.epoch(report);
    if (!going) {
      model_.stopped = true;
      break;
    }
  }
  return std::move(model_);
}

}  // namespace

Model fit(const array& features, const array& targets, const FitOptions& options, const Watch& watch) {
  return Trainer(features, targets, options).run(watch);
}

}  // namespace minimand::learn
