// minimand inspect: what a trained model is and how it came to be.
#include <cmath>

#include "api/about.h"
#include "api/escape.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/text.h"
#include "io/json.h"
#include "learn/model_file.h"

namespace minimand::cli {
namespace {

constexpr std::size_t last_epochs = 10;  // without --history

struct Options {
  std::string model;
  bool history = false;
};

std::string feature_name(const learn::Model& model, std::size_t d) {
  return d < model.feature_names.size() ? model.feature_names[d] : "feature " + std::to_string(d + 1);
}
std::string output_name(const learn::Model& model, std::size_t k) {
  if (k < model.class_names.size()) return model.class_names[k];
  if (model.target_names.size() > 1 && k < model.target_names.size()) return model.target_names[k];
  return model.outputs() == 1 ? "coefficient" : std::to_string(k);
}

io::Json card_of(const learn::Model& model) {
  io::Json card = io::Json::parse(learn::model_card(model));
  if (model.network.layers().size() == 1) {
    const learn::Coefficients c = learn::coefficients(model);
    const auto outputs = static_cast<std::size_t>(model.outputs());
    io::Json rows = io::Json::array();
    for (std::size_t k = 0; k < outputs; ++k) {
      io::Json weights = io::Json::array();
      for (std::size_t d = 0; d * outputs < c.weight.size(); ++d) weights.push_back(c.weight[d * outputs + k]);
      rows.push_back({{"output", output_name(model, k)}, {"bias", c.bias[k]}, {"weights", std::move(weights)}});
    }
    card.set("coefficients", std::move(rows));
  }
  return card;
}

// In the features' own units: prediction before the link = bias + sum of coefficient * feature. A column an output.
std::string coefficient_table(const learn::Model& model) {
  constexpr std::size_t most_outputs = 12, most_rows = 200;
  const learn::Coefficients c = learn::coefficients(model);
  const auto outputs = static_cast<std::size_t>(model.outputs()), features = c.weight.size() / outputs;
  if (outputs > most_outputs || features > most_rows)
    return "coefficients: " + std::to_string(features) + " x " + std::to_string(outputs) + " (--format json prints them)\n";
  std::vector<std::pair<std::string, Table::Side>> heads = {{"", Table::Side::left}};
  for (std::size_t k = 0; k < outputs; ++k) heads.emplace_back(escaped(output_name(model, k)), Table::Side::right);
  Table table(heads);
  const auto add = [&](const std::string& name, const double* row) {  // row[outputs]
    std::vector<std::string> cells = {name};
    for (std::size_t k = 0; k < outputs; ++k) cells.push_back(seven_digits(row[k]));
    table.add(cells);
  };
  add("(bias)", c.bias.data());
  for (std::size_t d = 0; d < features; ++d) add(escaped(feature_name(model, d)), c.weight.data() + d * outputs);
  return table.text();
}

std::string history_table(const learn::Model& model, bool all) {
  Table table({{"epoch", Table::Side::right}, {"train", Table::Side::right}, {"valid", Table::Side::right},
               {"accuracy", Table::Side::right}});
  const std::size_t n = model.history.size();
  for (std::size_t i = all || n <= last_epochs ? 0 : n - last_epochs; i < n; ++i) {
    const learn::EpochResult& e = model.history[i];
    const double accuracy = std::isnan(e.valid_accuracy) ? e.train_accuracy : e.valid_accuracy;
    const auto shown = [](double x) { return std::isnan(x) ? std::string() : seven_digits(x); };
    table.add({std::to_string(e.epoch), shown(e.train_loss), shown(e.valid_loss), shown(accuracy)});
  }
  return table.text();
}

std::string card_text(const learn::Model& model, bool all_epochs) {
  Table table({{"", Table::Side::left}, {"", Table::Side::left}});
  const auto add = [&](const char* key, const std::string& value) { table.add({key, value}); };
  const facts::Facts& f = facts_of(model.loss.entry());
  add("loss", model.loss.text());
  add("link", word(f.activation != facts::Link::identity ? f.activation : f.mean));
  add("model", model.network.spec().text() + ", " + std::to_string(model.network.parameter_count()) + " parameters in " +
                   (model.exact.empty() ? "f32" : "f64"));
  std::string categories;
  for (const learn::Column& c : model.columns)
    if (!c.levels.empty()) categories += (categories.empty() ? "" : ", ") + escaped(c.name) + " (" + std::to_string(c.levels.size()) + ")";
  add("features", std::to_string(model.network.inputs()) + (categories.empty() ? "" : "; categories: " + categories));
  std::string classes;
  for (const std::string& name : model.class_names) classes += (classes.empty() ? "" : ", ") + escaped(name);
  add("outputs", std::to_string(model.outputs()) + (classes.empty() ? "" : "; classes: " + classes));
  std::string how = model.optimizer;
  if (model.schedule != "constant") how += ", " + model.schedule;
  const auto also = [&](const char* what, double value) {
    if (value > 0) how += std::string(", ") + what + ' ' + shortest(value);
  };
  also("l1", model.l1), also("l2", model.l2), also("clip", model.clip), also("dropout", model.dropout);
  also("patience", static_cast<double>(model.patience));
  if (!model.augment.empty()) how += ", augmented " + model.augment;
  if (model.balanced) how += ", balanced classes";
  if (model.weighted) how += ", weighted rows";
  add("optimiser", how);
  add("trained", std::to_string(model.rows) + " rows in batches of " + std::to_string(model.batch) + ", " +
                     std::to_string(model.valid_rows) + " to measure, seed " + std::to_string(model.seed) +
                     (model.stopped ? ", stopped early" : ""));
  add("products", model.products);
  if (model.best_epoch > 0) add("weights", "of epoch " + std::to_string(model.best_epoch));
  std::string out = table.text();
  if (model.network.layers().size() == 1) out += '\n' + coefficient_table(model);
  if (!model.history.empty()) out += '\n' + history_table(model, all_epochs);
  return out;
}

}  // namespace

Command inspect_command(Arguments& parent) {
  Arguments app = parent.subcommand("inspect", "Shows what a trained model is and how it came to be.");
  app.examples(
      "minimand inspect houses.model\n"
      "minimand inspect houses.model --format json");
  auto o = std::make_shared<Options>();
  app.option("model", o->model, "a file that minimand fit wrote");
  app.flag("--history", o->history, "all epochs, not the last ten");
  const FormatOption format(app);
  return {app, [=] {
    app.need("model");
    const learn::Model model = learn::read_model(o->model);
    print(format.value() == Format::json ? card_of(model).line() + '\n' : card_text(model, o->history));
    return 0;
  }};
}

}  // namespace minimand::cli
