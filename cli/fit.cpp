// minimand fit: a linear model or a multilayer perceptron that minimises a loss.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

#include "api/about.h"
#include "api/escape.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/figures.h"
#include "cli/fit_data.h"
#include "cli/fit_options.h"
#include "cli/options.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "io/json.h"
#include "learn/checkpoint.h"
#include "learn/gemm.h"
#include "learn/model_file.h"
#include "learn/optimizer.h"

namespace minimand::cli {
namespace {

// The function between a model's output and the expected target, by the name statisticians give its inverse.
const char* link_name(const facts::Facts& f) {
  switch (f.activation != facts::Link::identity ? f.activation : f.mean) {
    case facts::Link::identity: return "identity link";
    case facts::Link::logistic: return "logistic link";
    case facts::Link::softmax:
    case facts::Link::log_softmax: return "softmax link";
    case facts::Link::exponential: return "log link";
    case facts::Link::sign: return "sign of the output";
  }
  return "";
}

std::string first_line(const learn::Model& model, dtype feature_type, bool seed_drawn) {
  const learn::Optimizer optimizer(model.optimizer);
  const std::int64_t features = model.network.inputs();
  return std::to_string(model.rows + model.valid_rows) + " rows (" + std::to_string(model.valid_rows) + " of them to measure), " +
         std::to_string(features) + (features == 1 ? " feature (" : " features (") +
         (feature_type == dtype::u8 ? "divided by 255" : "standardised") + "), " + model.loss.text() + ", " +
         link_name(facts_of(model.loss.entry())) + ", " + model.network.spec().text() + ", " + optimizer.entry().name +
         (optimizer.rate() > 0 ? " lr=" + shortest(optimizer.rate()) : "") + ", seed " + std::to_string(model.seed) +
         (seed_drawn ? " (drawn)" : "");
}

// One row an epoch, without times, so that the same training gives the same bytes.
class Log {
 public:
  explicit Log(const std::string& path) {
    if (path.empty()) return;
    file_ = std::fopen(path.c_str(), "we");
    if (file_ == nullptr) throw error(error_code::IO003, escaped(path) + ": cannot be created");
    name_ = escaped(path);
  }
  ~Log() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(const learn::EpochResult& r) {
    if (file_ == nullptr) return;
    io::Json row = {{"epoch", r.epoch}, {"train_loss", r.train_loss}, {"products", learn::gemm_name()}};
    const auto add = [&](const char* key, double value) {
      if (!std::isnan(value)) row.set(key, value);
    };
    add("valid_loss", r.valid_loss);
    add("train_accuracy", r.train_accuracy);
    add("valid_accuracy", r.valid_accuracy);
    const std::string line = row.line() + '\n';
    if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() || std::fflush(file_) != 0) {
      throw error(error_code::IO004, name_ + ": cannot be written");
    }
  }

 private:
  std::FILE* file_ = nullptr;
  std::string name_;
};

// "epoch 0.62 s: products 71 %, optimiser 12 %, ...", of the mean epoch.
std::string timing_text(const std::vector<learn::EpochReport>& reports) {
  learn::Timing sum;
  double seconds = 0;
  for (const learn::EpochReport& r : reports) {
    sum.data += r.timing.data, sum.products += r.timing.products;
    sum.loss += r.timing.loss, sum.optimizer += r.timing.optimizer;
    seconds += r.seconds;
  }
  const double all = sum.data + sum.products + sum.loss + sum.optimizer, n = static_cast<double>(reports.size());
  char text[200];
  std::snprintf(text, sizeof text,
                "%.3f s an epoch without measuring; %.3f processor s: layers %.0f %%, loss %.0f %%, optimiser %.0f %%, data %.0f %%",
                seconds / n, all / n, 100 * sum.products / all, 100 * sum.loss / all, 100 * sum.optimizer / all,
                100 * sum.data / all);
  return text;
}

int run(FitRequest o) {
  bool seed_drawn = false;
  if (!o.seed && o.resume) o.seed = learn::checkpoint_seed(o.checkpoint);
  if (!o.seed) o.seed = std::random_device()(), seed_drawn = true;
  learn::FitOptions fit = fit_options(o);
  FitData data = load_fit_data(o, fit.loss);
  fit.feature_names = data.feature_names, fit.target_names = data.target_names;
  fit.columns = data.columns, fit.class_names = data.class_names;
  fit.weights = data.weights.view;
  // A class may be among the test rows only.
  if (!data.class_names.empty() && fit.classes == 0 && is_row_loss(fit.loss.entry()))
    fit.classes = static_cast<std::int64_t>(data.class_names.size());

  Log log(o.log);
  const std::unique_ptr<Picture> picture = history_picture(o.plot);
  Progress progress(o.no_progress);
  std::vector<learn::EpochReport> reports;
  learn::Watch watch;
  watch.start = [&](const learn::Model& model) {
    note(first_line(model, data.features.view.type, seed_drawn));
    for (const learn::EpochResult& e : model.history) log.write(e);  // of the run that is resumed
  };
  watch.batch = [&](const learn::BatchReport& r) { return progress.batch(r), noted_signal() == 0; };
  watch.note = [](const std::string& line) { note(line); };
  if (!o.checkpoint.empty()) note_signals();
  watch.epoch = [&](const learn::EpochReport& r) { log.write(r), progress.epoch(r), reports.push_back(r); };
  learn::Model model = [&] {
    try {
      return learn::fit(data.features.view, data.targets.view, fit, watch);
    } catch (...) {
      progress.finish();
      throw;
    }
  }();
  progress.finish();
  if (noted_signal() != 0) {
    note("saved in " + escaped(o.checkpoint) + "; --resume goes on from there");
    raise_noted_signal();
  }
  if (model.best_epoch > 0 && model.best_epoch < model.history.back().epoch)
    note("kept the weights of epoch " + std::to_string(model.best_epoch));
  if (o.timing && !reports.empty()) note(timing_text(reports));
  if (!o.out.empty()) {
    learn::write_model(model, o.out);
    note("wrote " + escaped(o.out));
  }
  print(test_text(o, data, model));
  if (picture) picture->draw(history_figure(model.history, model.loss.text()));
  return 0;
}

}  // namespace

Command fit_command(Arguments& parent) {
  Arguments app = parent.subcommand("fit", "Trains a model that minimises a loss.");
  app.examples(
      "minimand fit houses.csv --target price --loss huber:delta=2 --epochs 50 --out houses.model\n"
      "minimand fit --x images-idx3-ubyte.gz --y labels-idx1-ubyte.gz --loss softmax_cross_entropy \\\n"
      "    --model mlp:hidden=256x128 --optimizer adam:lr=0.002 --epochs 8 --out digits.model\n"
      "minimand fit visits.csv --target visits --loss poisson --optimizer newton --test 0.2\n"
      "minimand predict houses.model new.csv --out prices.npy");
  auto o = std::make_shared<FitRequest>();
  add_fit_options(app, o);
  const ConfigOption config(app);
  return {app, [=] {
    config.apply();
    if (config.printed()) return 0;
    app.need("--loss");
    return run(*o);
  }};
}

}  // namespace minimand::cli
