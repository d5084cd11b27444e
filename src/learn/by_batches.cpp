// Steps by batches.
#include <algorithm>
#include <cmath>
#include <minimand/error.hpp>

#include "learn/batch.h"
#include "learn/clock.h"
#include "learn/learner.h"
#include "learn/parallel.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t measured = 1024;  // rows of one batch when the loss is only measured

class ByBatches : public Learner {
 public:
  ByBatches(const Setup& setup, RunState& state)
      : setup_(setup),
        training_(setup, setup.model.batch, true),
        measuring_(setup, std::min(measured, setup.model.valid_rows), false),
        gradient_(setup.model.parameters.size()),
        squares_(setup.model.network.tiles().size()) {
    if (!state.parameters.empty()) return;
    state.parameters = setup.model.parameters;
    state.moments.assign(static_cast<std::size_t>(setup.optimizer.entry().states),
                         AlignedVector<float>(state.parameters.size()));
  }

  Outcome epoch(RunState& state, const std::function<bool()>& go_on) override {
    if (order_epoch_ != state.epoch) {
      order_ = epoch_order(setup_.split.train, setup_.options.seed, state.epoch);
      order_epoch_ = state.epoch;
    }
    const std::span<const std::int64_t> rows(order_);
    while (state.row < static_cast<std::int64_t>(rows.size())) {
      const auto at = static_cast<std::size_t>(state.row);
      const std::size_t n = std::min(static_cast<std::size_t>(setup_.model.batch), rows.size() - at);
      step(state, rows.subspan(at, n));
      state.row += static_cast<std::int64_t>(n);
      if (!go_on()) return Outcome::stopped;
    }
    for (const float w : state.parameters)
      if (!std::isfinite(w)) throw_diverged(setup_, state, "a parameter is no longer finite");
    return Outcome::moved;
  }

  Tally measure(const RunState& state) override {
    Tally tally;
    const std::span<const std::int64_t> rows(setup_.split.valid);
    for (std::size_t at = 0; at < rows.size(); at += measured)
      measuring_.evaluate(state.parameters.data(), rows.subspan(at, std::min<std::size_t>(measured, rows.size() - at)),
                          1, tally);
    return tally;
  }

  double penalty(const RunState& state) const override { return setup_.penalty(state.parameters.data()); }
  Timing timing() const override { return training_.timing(); }

 private:
  void step(RunState& state, std::span<const std::int64_t> rows);
  void move(RunState& state, const Optimizer::Step& constants, const Tile& tile, double shrink);

  const Setup& setup_;
  Batch<float> training_, measuring_;
  AlignedVector<float> gradient_;
  std::vector<double> squares_;  // of the gradient, by tile
  std::vector<std::int64_t> order_;
  std::int64_t order_epoch_ = 0;
};

void ByBatches::step(RunState& state, std::span<const std::int64_t> rows) {
  const auto n = static_cast<std::int64_t>(rows.size());
  const std::int64_t each = (setup_.model.rows + setup_.model.batch - 1) / setup_.model.batch;
  const double factor = setup_.schedule.factor(state.steps, each * setup_.model.epochs, each, state.schedule);
  const StepNoise noise{state.epoch, state.steps};
  const double divisor = static_cast<double>(setup_.row_loss ? n : n * setup_.model.outputs());
  const Result result = training_.evaluate(state.parameters.data(), rows, divisor, state.tally, &noise);
  ++state.steps;
  if (!std::isfinite(result.value))
    throw_diverged(setup_, state, std::isnan(result.value) ? "the mean loss is nan" : "the mean loss is infinite");

  training_.backward(state.parameters.data());
  // The gradient of a tile comes from all rows of the batch, so nothing is summed across threads; unless the norm of
  // the whole gradient is needed first, the tile's parameters move at once, while they are in the cache.
  const Optimizer::Step constants = setup_.optimizer.step(state.steps, factor);
  const auto tiles = setup_.model.network.tiles();
  const bool clipping = setup_.options.clip > 0;
  const int threads = setup_.threads_for(n);
  each_task(threads, static_cast<std::int64_t>(tiles.size()), [&](std::int64_t task, int worker) {
    const Tile& tile = tiles[static_cast<std::size_t>(task)];
    float* gradient = gradient_.data() + tile.begin;
    const double begin = now();
    training_.gradient(tile, gradient);
    const double done = now();
    if (const auto l2 = static_cast<float>(setup_.options.l2); l2 > 0) {
      const float* w = state.parameters.data() + tile.begin;
      for (std::int64_t i = 0; i < tile.weights_end - tile.begin; ++i) gradient[i] += l2 * w[i];
    }
    if (clipping) {
      double sum = 0;
      for (std::int64_t i = 0; i < tile.end - tile.begin; ++i)
        sum += static_cast<double>(gradient[i]) * static_cast<double>(gradient[i]);
      squares_[static_cast<std::size_t>(task)] = sum;
    } else {
      move(state, constants, tile, 1);
    }
    training_.add_product_seconds(worker, done - begin);
    training_.add_optimizer_seconds(worker, now() - done);
  });
  if (!clipping) return;
  double sum = 0;
  for (const double s : squares_) sum += s;
  const double norm = std::sqrt(sum), shrink = norm > setup_.options.clip ? setup_.options.clip / norm : 1;
  each_task(threads, static_cast<std::int64_t>(tiles.size()), [&](std::int64_t task, int worker) {
    const double begin = now();
    move(state, constants, tiles[static_cast<std::size_t>(task)], shrink);
    training_.add_optimizer_seconds(worker, now() - begin);
  });
}

// The gradient is multiplied by `shrink` first.
void ByBatches::move(RunState& state, const Optimizer::Step& constants, const Tile& tile, double shrink) {
  float* gradient = gradient_.data() + tile.begin;
  if (shrink != 1)
    for (std::int64_t i = 0; i < tile.end - tile.begin; ++i) gradient[i] *= static_cast<float>(shrink);
  float* moments[Optimizer::max_states];
  const auto update = [&](std::int64_t begin, std::int64_t end, double l1) {
    for (std::size_t s = 0; s < state.moments.size(); ++s) moments[s] = state.moments[s].data() + begin;
    setup_.optimizer.update(constants, state.parameters.data() + begin, gradient_.data() + begin, moments, end - begin,
                            l1);
  };
  if (setup_.options.l1 > 0 && tile.end > tile.weights_end) {  // biases are free
    update(tile.begin, tile.weights_end, setup_.options.l1);
    update(tile.weights_end, tile.end, 0);
  } else {
    update(tile.begin, tile.end, setup_.options.l1);
  }
}

}  // namespace

std::unique_ptr<Learner> learner_by_batches(const Setup& setup, RunState& state) {
  return std::make_unique<ByBatches>(setup, state);
}

}  // namespace minimand::learn
