// The course of a training run: epochs, what is measured after each, and when to end.
#include "learn/trainer.h"

#include <cmath>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "learn/checkpoint.h"
#include "learn/clock.h"
#include "learn/gemm.h"
#include "learn/learner.h"
#include "learn/link.h"

namespace minimand::learn {
namespace {

constexpr double explosion = 1000;  // times the first loss: no training comes back from there

class Run {
 public:
  Run(const Setup& setup, const Watch& watch)
      : setup_(setup),
        watch_(watch),
        checkpoints_(open_checkpoints()),
        state_(resumed_state()),
        learner_(setup.optimizer.entry().method == Method::batches ? learner_by_batches(setup, state_)
                                                                   : learner_by_all(setup, state_)) {}

  Model result() {
    if (watch_.start) {
      Model begun = setup_.model;
      begun.history = state_.history;
      watch_.start(begun);
    }
    bool going = true;
    while (going && !state_.finished && state_.epoch <= setup_.model.epochs) going = epoch();
    return model(!going);
  }

 private:
  void note(const std::string& line) const {
    if (watch_.note) watch_.note(line);
  }
  std::unique_ptr<Checkpoints> open_checkpoints() const;
  RunState resumed_state() const;
  void save_if_due(bool epoch_ended);
  bool epoch();
  void judge(const EpochReport& report);
  Model model(bool stopped) const;
  bool go_on() {
    if (std::isnan(state_.first_loss)) state_.first_loss = state_.tally.mean();
    save_if_due(false);
    if (!watch_.batch) return true;
    return watch_.batch({state_.epoch, setup_.model.epochs, state_.row, setup_.model.rows, state_.tally.mean(),
                         now() - start_});
  }

  const Setup& setup_;
  const Watch& watch_;
  std::unique_ptr<Checkpoints> checkpoints_;
  RunState state_;
  std::unique_ptr<Learner> learner_;
  double start_ = now(), saved_ = start_;
};

std::unique_ptr<Checkpoints> Run::open_checkpoints() const {
  if (setup_.options.checkpoint.folder.empty()) return nullptr;
  return std::make_unique<Checkpoints>(setup_, [this](const std::string& line) { note(line); });
}

RunState Run::resumed_state() const {
  if (!checkpoints_ || !setup_.options.checkpoint.resume) return {};
  std::optional<RunState> state = checkpoints_->newest();
  if (!state) return {};
  note("goes on in epoch " + std::to_string(state->epoch) + " after step " + std::to_string(state->steps) + " of " +
       escaped(checkpoints_->folder()) +
       (setup_.optimizer.entry().method == Method::lbfgs ? "; lbfgs begins its history anew" : ""));
  return std::move(*state);
}

// After an epoch, or within one where seconds were asked for.
void Run::save_if_due(bool epoch_ended) {
  if (!checkpoints_) return;
  const CheckpointOptions& o = setup_.options.checkpoint;
  const bool last = state_.finished || state_.epoch > setup_.model.epochs;
  const bool due = o.every_seconds > 0 ? now() - saved_ >= o.every_seconds
                                       : epoch_ended && (state_.epoch - 1) % o.every_epochs == 0;
  if (!due && !(epoch_ended && last)) return;
  checkpoints_->save(state_);
  saved_ = now();
}

// False if the caller wants no more.
bool Run::epoch() {
  const double begin = now();
  const Timing before = learner_->timing();
  const std::int64_t done = state_.row;
  const Learner::Outcome outcome = learner_->epoch(state_, [&] { return go_on(); });
  if (outcome == Learner::Outcome::stopped) {
    if (checkpoints_) checkpoints_->save(state_);
    return false;
  }

  EpochReport report;
  report.epoch = state_.epoch, report.epochs = setup_.model.epochs;
  report.seconds = now() - begin;
  report.rows_per_second = static_cast<double>(setup_.model.rows - done) / report.seconds;
  const Timing after = learner_->timing();
  report.timing = {after.data - before.data, after.products - before.products, after.loss - before.loss,
                   after.optimizer - before.optimizer};
  const Tally valid = learner_->measure(state_);
  report.train_loss = state_.tally.mean() + learner_->penalty(state_), report.train_accuracy = state_.tally.share();
  report.valid_loss = valid.mean(), report.valid_accuracy = valid.share();
  if (report.train_loss > state_.first_loss + explosion * std::abs(state_.first_loss) && state_.first_loss != 0)
    throw_diverged(setup_, state_, "the mean loss has grown to " + std::to_string(report.train_loss));

  state_.history.push_back(report);
  judge(report);
  ++state_.epoch, state_.row = 0, state_.tally = {};
  if (outcome == Learner::Outcome::converged) state_.finished = true;
  save_if_due(true);
  if (watch_.epoch) watch_.epoch(report);
  return true;
}

// Learning rate, best parameters, early end.
void Run::judge(const EpochReport& report) {
  const double loss = std::isnan(report.valid_loss) ? report.train_loss : report.valid_loss;
  setup_.schedule.measured(loss, state_.schedule);
  if (setup_.options.patience == 0) return;
  if (loss < state_.best_loss) {
    state_.best_loss = loss, state_.best_epoch = report.epoch, state_.waited = 0;
    state_.best = state_.parameters, state_.best_exact = state_.exact;
  } else if (++state_.waited >= setup_.options.patience) {
    state_.finished = true;
  }
}

Model Run::model(bool stopped) const {
  Model model = setup_.model;
  const bool best = state_.best_epoch > 0;
  model.exact = best ? state_.best_exact : state_.exact;
  if (model.exact.empty()) model.parameters = best ? state_.best : state_.parameters;
  else model.parameters.assign(model.exact.begin(), model.exact.end());
  model.best_epoch = state_.best_epoch;
  model.history = state_.history;
  model.stopped = stopped;
  model.products = gemm_name();
  return model;
}

}  // namespace

void throw_diverged(const Setup& setup, const RunState& state, const std::string& what) {
  std::string text = "training diverged in epoch " + std::to_string(state.epoch) + ", step " +
                     std::to_string(state.steps) + ": " + what;
  const double rate = setup.optimizer.rate();
  std::string advice;
  const auto add = [&](const std::string& word) { advice += (advice.empty() ? "; try " : " or ") + word; };
  if (rate > 0) add("a smaller learning rate (" + setup.optimizer.text_with_rate(rate / 10) + ")");
  if (setup.options.clip == 0 && setup.model.network.layers().size() > 1) add("clipping (--clip 1)");
  if (setup.model.facts().activation != Link::identity) add("the form of the loss that takes logits");
  if (!setup.options.checkpoint.folder.empty())
    advice += "; " + escaped(setup.options.checkpoint.folder) + " keeps the last good checkpoint";
  throw error(error_code::RUN001, text + advice);
}

Model fit(const array& features, const array& targets, const FitOptions& options, const Watch& watch) {
  const Setup setup(features, targets, options);
  return Run(setup, watch).result();
}

}  // namespace minimand::learn
