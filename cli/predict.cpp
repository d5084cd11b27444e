// minimand predict: what a trained model says of new rows, and how good that is where the truth is known.
#include "cli/command.h"
#include "cli/measure.h"
#include "cli/options.h"
#include "cli/text.h"
#include "cli/training_data.h"
#include "io/atomic_file.h"
#include "io/csv.h"
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

// Labels by the texts they had in training, else numbers; a row a line.
std::string lines_of(const learn::Predictions& p, const learn::Model& model) {
  const learn::Classes classes = learn::classes_of(model.loss);
  const std::int64_t width = std::max<std::int64_t>(1, p.columns);
  std::string out;
  for (std::int64_t r = 0; r < p.rows; ++r) {
    for (std::int64_t c = 0; c < width; ++c) {
      const auto i = static_cast<std::size_t>(r * width + c);
      if (c > 0) out += ',';
      if (p.labels.empty()) {
        out += shortest(static_cast<double>(p.values[i]));
      } else if (model.class_names.empty()) {
        out += std::to_string(p.labels[i]);
      } else {
        const bool pair = classes.kind == learn::ClassKind::pair;
        const auto k = pair ? static_cast<std::size_t>(static_cast<double>(p.labels[i]) == classes.high)
                            : static_cast<std::size_t>(p.labels[i]);
        out += io::csv_cell(model.class_names.at(k));
      }
    }
    out += '\n';
  }
  return out;
}

void write_lines(const std::string& lines, const learn::Model& model, const std::string& path) {
  io::AtomicFile file(path);
  std::string head = io::csv_cell(model.target_names.size() == 1 ? model.target_names[0] : "prediction");
  head += '\n';
  file.write(head.data(), head.size());
  file.write(lines.data(), lines.size());
  file.commit();
}

int run(const Options& o) {
  io::Options read;
  read.header = !o.no_header;
  const learn::Model model = learn::read_model(o.model);
  const io::Owned features = load_features(o.data, model, read);
  if (!o.out.empty() || o.target.empty()) {
    const learn::Predictions p = learn::predict(model, features.view, learn::parse_as(o.as), o.threads);
    if (o.out.empty()) print(lines_of(p, model));
    else if (o.out.ends_with(".csv")) write_lines(lines_of(p, model), model, o.out);
    else write(p, o.out);
  }
  if (!o.target.empty()) print(measured_text(model, features.view, load_truth(o.target, model, read).view, o.threads));
  return 0;
}

}  // namespace

Command predict_command(Arguments& parent) {
  Arguments app = parent.subcommand("predict", "Predicts new rows with a trained model.");
  app.examples(
      "minimand predict houses.model new.csv --out prices.npy\n"
      "minimand predict digits.model t10k-images-idx3-ubyte.gz --as label --out digits.npy\n"
      "minimand predict digits.model t10k-images-idx3-ubyte.gz --target t10k-labels-idx1-ubyte.gz");
  auto o = std::make_shared<Options>();
  app.option("model", o->model, "a file that minimand fit wrote");
  app.option("data", o->data, "features: .npy, IDX (also gzip) or CSV, whose columns are found by their names");
  app.option("--out", o->out, "where the predictions go (printed if not given, unless --target is); text labels need .csv").value("FILE.npy|FILE.csv");
  app.option("--as", o->as, "mean, the expected target; label, the class; prediction, what the loss takes (logits)")
      .value("mean|label|prediction").check(word_of({"mean", "label", "prediction"}));
  app.option("--target", o->target, "the truth, if it is known: prints the loss and the share of right classes")
      .value("FILE");
  add_threads(app, o->threads);
  app.flag("--no-header", o->no_header, "CSV: the first row holds data");
  return {app, [=] {
    app.need("model");
    app.need("data");
    return run(*o);
  }};
}

}  // namespace minimand::cli
