// minimand fit: a linear model or a multilayer perceptron that minimises a loss.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "api/about.h"
#include "api/escape.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "cli/options.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/training_data.h"
#include "learn/model_file.h"
#include "learn/optimizer.h"

namespace minimand::cli {
namespace {

struct Options {
  std::string data, target, x, y, loss, model = "linear", optimizer = "adam", out, log;
  std::int64_t epochs = 10, batch = 128, classes = 0;
  std::uint64_t seed = 0;
  double valid = 0.1, l1 = 0, l2 = 0;
  int threads = 0;
  bool no_header = false, no_progress = false;
  std::optional<std::string> plot;  // "" for the terminal
};

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

std::string first_line(const learn::Model& model, dtype feature_type) {
  const learn::Optimizer optimizer(model.optimizer);
  const std::int64_t features = model.network.inputs();
  return std::to_string(model.rows + model.valid_rows) + " rows (" + std::to_string(model.valid_rows) + " of them to measure), " +
         std::to_string(features) + (features == 1 ? " feature (" : " features (") +
         (feature_type == dtype::u8 ? "divided by 255" : "standardised") + "), " + model.loss.text() + ", " +
         link_name(facts_of(model.loss.entry())) + ", " + model.network.spec().text() + ", " + optimizer.entry().name +
         " lr=" + shortest(optimizer.rate()) + ", seed " + std::to_string(model.seed);
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

  void write(const learn::EpochReport& r) {
    if (file_ == nullptr) return;
    json row = {{"epoch", r.epoch}, {"train_loss", r.train_loss}};
    const auto add = [&](const char* key, double value) {
      if (!std::isnan(value)) row[key] = value;
    };
    add("valid_loss", r.valid_loss);
    add("train_accuracy", r.train_accuracy);
    add("valid_accuracy", r.valid_accuracy);
    const std::string line = json_line(row) + '\n';
    if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() || std::fflush(file_) != 0) {
      throw error(error_code::IO004, name_ + ": cannot be written");
    }
  }

 private:
  std::FILE* file_ = nullptr;
  std::string name_;
};

TrainingData load_data(const Options& o) {
  io::Options read;
  read.header = !o.no_header;
  const bool table = !o.data.empty(), arrays = !o.x.empty() || !o.y.empty();
  if (table == arrays) throw error(error_code::PAR005, "data is either DATA.csv --target COLUMN or --x FILE --y FILE");
  if (table) {
    if (o.target.empty()) throw error(error_code::PAR005, "--target is missing: the column of DATA.csv to learn");
    return split_table(o.data, o.target, read);
  }
  if (o.x.empty() || o.y.empty()) throw error(error_code::PAR005, o.x.empty() ? "--x is missing" : "--y is missing");
  if (!o.target.empty()) throw error(error_code::PAR005, "--target goes with DATA.csv; targets of --x are --y");
  TrainingData out;
  out.features = load_features(o.x, {}, read);
  out.targets = io::load(o.y, read);
  return out;
}

int run(const Options& o) {
  learn::FitOptions fit(loss(o.loss));
  fit.model = o.model, fit.optimizer = o.optimizer;
  fit.epochs = o.epochs, fit.batch = o.batch, fit.seed = o.seed, fit.valid = o.valid, fit.threads = o.threads;
  fit.classes = o.classes, fit.l1 = o.l1, fit.l2 = o.l2;
  const TrainingData data = load_data(o);
  fit.feature_names = data.feature_names, fit.target_names = data.target_names;

  Log log(o.log);
  const std::unique_ptr<Picture> picture = history_picture(o.plot);
  Progress progress(o.no_progress);
  learn::Watch watch;
  watch.start = [&](const learn::Model& model) { note(first_line(model, data.features.view.type)); };
  watch.batch = [&](const learn::BatchReport& r) { return progress.batch(r), true; };
  watch.epoch = [&](const learn::EpochReport& r) { log.write(r), progress.epoch(r); };
  learn::Model model = [&] {
    try {
      return learn::fit(data.features.view, data.targets.view, fit, watch);
    } catch (...) {
      progress.finish();
      throw;
    }
  }();
  progress.finish();
  if (!o.out.empty()) {
    learn::write_model(model, o.out);
    note("wrote " + escaped(o.out));
  }
  if (picture) picture->draw(history_figure(model.history, model.loss.text()));
  return 0;
}

}  // namespace

Command fit_command(CLI::App& parent) {
  CLI::App* app = parent.add_subcommand("fit", "Trains a model that minimises a loss.");
  app->footer(
      "minimand fit houses.csv --target price --loss huber:delta=2 --epochs 50 --out houses.model\n"
      "minimand fit --x images-idx3-ubyte.gz --y labels-idx1-ubyte.gz --loss softmax_cross_entropy \\\n"
      "    --model mlp:hidden=256x128 --optimizer adam:lr=0.002 --epochs 8 --out digits.model\n"
      "minimand predict houses.model new.csv --out prices.npy");
  auto o = std::make_shared<Options>();
  const auto option = [&](const std::string& name, auto& to, const std::string& value, const std::string& what) {
    return app->add_option(name, to, what)->option_text(value);
  };
  app->add_option("data", o->data, "a CSV file of numbers; every column but the target is a feature");
  option("--target", o->target, "COLUMN", "the column of the CSV file to learn");
  option("--x", o->x, "FILE", "features: .npy, IDX (also gzip) or CSV; rows along the first axis. u8 (images) is divided by "
         "255, anything else standardised");
  option("--y", o->y, "FILE", "targets: .npy, IDX or FILE.csv:COLUMN");
  option("--loss", o->loss, "SPEC", "the loss, as in minimand list; the link (identity, logistic, softmax, log) follows from it");
  option("--model", o->model, "M", "linear, or mlp:hidden=256x128:activation=relu");
  option("--optimizer", o->optimizer, "O", "sgd or adam, with options: adam:lr=0.01");
  option("--epochs", o->epochs, "N", "passes over the data (10)")->check(whole_number(1));
  option("--batch", o->batch, "N", "rows of a step (128)")->check(whole_number(1));
  option("--seed", o->seed, "N", "chooses the first weights, the split and the order (0); same seed, same bits")
      ->check(whole_number(0));
  option("--valid", o->valid, "FRACTION", "share of the rows kept to measure the loss (0.1)")->check(real_number(0, 0.999));
  option("--classes", o->classes, "N", "classes of a row loss, if the largest label does not tell")->check(whole_number(1));
  option("--l1", o->l1, "X", "adds X times the sum of the weights' sizes to the loss")->check(real_number(0, HUGE_VAL));
  option("--l2", o->l2, "X", "adds X/2 times the sum of the weights' squares")->check(real_number(0, HUGE_VAL));
  add_threads(*app, o->threads);
  option("--out", o->out, "MODEL", "writes the model (safetensors)");
  option("--log", o->log, "FILE.jsonl", "writes one JSON object for every epoch");
  add_plot(*app, o->plot);
  app->add_flag("--no-header", o->no_header, "CSV: the first row holds data; columns are 1, 2, ...");
  app->add_flag("--no-progress", o->no_progress, "says nothing of the epochs");
  return {app, [=] {
    need(*app, "--loss");
    return run(*o);
  }};
}

}  // namespace minimand::cli
