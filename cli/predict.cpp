// minimand predict: what a trained model says of new rows, and how good that is where the truth is known.
#include "cli/command.h"
#include "cli/options.h"
#include "cli/text.h"
#include "cli/training_data.h"
#include "io/npy_writer.h"
#include "learn/classes.h"
#include "learn/model_file.h"
#include "learn/predict.h"

namespace minimand::cli {
namespace {

struct Options {
  std::string model, data, out, as = "mean", target;
  int threads = 0;
  bool no_header = false;
};

void write(const learn::Predictions& predictions, const std::string& path) {
  const array view = predictions.view();
  io::NpyWriter out(path, view.type, {view.shape, view.shape + view.rank});
  out.write(view);
  out.commit();
}

// "test loss 0.3382", and the share of right classes where targets are classes.
void measure(const learn::Model& model, const array& features, const std::string& target, const Options& o, const io::Options& read) {
  const io::Owned truth = io::load(target, read);
  const array targets = learn::squeezed_targets(truth.view);
  const learn::Predictions p = learn::predict(model, features, learn::As::prediction, o.threads);
  Call call;
  call.threads = o.threads;
  print("test loss " + seven_digits(model.loss(p.view(), targets, call).value) + '\n');
  const learn::Classes classes = learn::classes_of(model.loss);
  if (classes.kind == learn::ClassKind::none) return;
  if (classes.kind == learn::ClassKind::pair && !learn::all_two_valued(classes, targets)) return;
  std::int64_t count = 0;
  const std::int64_t hits = learn::count_hits(classes, p.values.data(), p.rows, std::max<std::int64_t>(1, p.columns), targets, count);
  char text[64];
  std::snprintf(text, sizeof text, "test accuracy %.2f %%\n", 100 * static_cast<double>(hits) / static_cast<double>(count));
  print(text);
}

int run(const Options& o) {
  io::Options read;
  read.header = !o.no_header;
  const learn::Model model = learn::read_model(o.model);
  const io::Owned features = load_features(o.data, model.feature_names, read);
  if (!o.out.empty()) write(learn::predict(model, features.view, learn::parse_as(o.as), o.threads), o.out);
  if (!o.target.empty()) measure(model, features.view, o.target, o, read);
  return 0;
}

}  // namespace

Command predict_command(CLI::App& parent) {
  CLI::App* app = parent.add_subcommand("predict", "Predicts new rows with a trained model.");
  app->footer(
      "minimand predict houses.model new.csv --out prices.npy\n"
      "minimand predict digits.model t10k-images-idx3-ubyte.gz --as label --out digits.npy\n"
      "minimand predict digits.model t10k-images-idx3-ubyte.gz --target t10k-labels-idx1-ubyte.gz");
  auto o = std::make_shared<Options>();
  app->add_option("model", o->model, "a file that minimand fit wrote");
  app->add_option("data", o->data, "features: .npy, IDX (also gzip) or CSV, whose columns are found by their names");
  app->add_option("--out", o->out, "where the predictions go")->option_text("FILE.npy");
  app->add_option("--as", o->as, "mean, the expected target; label, the class; prediction, what the loss takes (logits)")
      ->option_text("mean|label|prediction")->check(word_of({"mean", "label", "prediction"}));
  app->add_option("--target", o->target, "the truth, if it is known: prints the loss and the share of right classes")
      ->option_text("FILE");
  add_threads(*app, o->threads);
  app->add_flag("--no-header", o->no_header, "CSV: the first row holds data");
  return {app, [=] {
    need(*app, "model");
    need(*app, "data");
    if (o->out.empty() && o->target.empty()) need(*app, "--out");
    return run(*o);
  }};
}

}  // namespace minimand::cli
