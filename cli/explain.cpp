// minimand explain: what a loss is, where it may be used, and how it looks.
#include <cmath>
#include <nlohmann/json.hpp>

#include "api/about.h"
#include "api/number_text.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/plot.h"
#include "cli/samples.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

constexpr std::size_t panel_columns = 38, panel_rows = 12;

struct Picture {
  std::string over;  // what runs along x
  double low = 0, high = 0;
  std::vector<double> x, value, gradient, hessian;
};

// The range in which the prediction of a single element is shown, around its target.
void choose_range(const Loss& loss, double target, Picture& out) {
  const facts::Domain& d = facts_of(loss.entry()).prediction;
  double scale = 1.5;
  const auto parameters = parameters_of(loss.entry());
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const bool length = std::string_view(parameters[k].name) == "delta" || std::string_view(parameters[k].name) == "beta";
    if (length && std::isfinite(loss.parameters()[k])) scale = std::max(scale, loss.parameters()[k]);
  }
  out.low = std::isfinite(d.low) ? d.low : std::isfinite(d.high) ? d.high - 6 : target - 2 * scale;
  out.high = std::isfinite(d.high) ? d.high : std::isfinite(d.low) ? d.low + 6 : target + 2 * scale;
}

// A row of three classes in which the first one's prediction runs and the others share what is left.
Sample rows_over(const Loss& loss, Picture& picture) {
  const facts::Domain &prediction = facts_of(loss.entry()).prediction, &target = target_domain(loss);
  const bool probabilities = prediction.low == 0, logarithms = prediction.high == 0;
  picture.over = probabilities ? "probability of the target's class" : logarithms ? "log-probability of the target's class"
                                                                                  : "logit of the target's class";
  picture.low = probabilities ? 0.005 : logarithms ? -6 : -6;
  picture.high = probabilities ? 0.995 : logarithms ? -0.005 : 6;
  Sample out;
  out.rows = static_cast<std::int64_t>(plot_points(panel_columns));
  out.classes = 3;
  out.index = target.kind == facts::Kind::index || target.kind == facts::Kind::index_or_distribution;
  for (std::int64_t r = 0; r < out.rows; ++r) {
    const double x = picture.low + (picture.high - picture.low) * static_cast<double>(r) / static_cast<double>(out.rows - 1);
    picture.x.push_back(x);
    const double other = probabilities ? (1 - x) / 2 : logarithms ? std::log(-std::expm1(x) / 2) : 0;
    out.prediction.insert(out.prediction.end(), {x, other, other});
    if (out.index) {
      out.target.push_back(0);
    } else {
      for (const double q : {0.7, 0.2, 0.1}) out.target.push_back(target.high == 0 ? std::log(q) : q);
    }
  }
  return out;
}

Sample points_over(const Loss& loss, Picture& picture) {
  const facts::Facts& facts = facts_of(loss.entry());
  choose_range(loss, facts.plot_target, picture);
  const bool residual = facts.family == facts::Family::regression;
  picture.over = residual ? "prediction - target" : "prediction, target " + number_text(facts.plot_target);
  Sample out;
  out.rows = static_cast<std::int64_t>(plot_points(panel_columns));
  for (std::int64_t r = 0; r < out.rows; ++r) {
    const double part = (static_cast<double>(r) + 0.5) / static_cast<double>(out.rows);
    picture.x.push_back(picture.low + (picture.high - picture.low) * part);
    out.prediction.push_back(picture.x.back());
    out.target.push_back(facts.plot_target);
  }
  if (residual) {
    picture.low -= facts.plot_target, picture.high -= facts.plot_target;
    for (double& x : picture.x) x -= facts.plot_target;
  }
  return out;
}

Picture picture_of(const Loss& loss) {
  Picture out;
  const bool rows = is_row_loss(loss.entry());
  const Sample sample = rows ? rows_over(loss, out) : points_over(loss, out);
  const Outputs outputs = evaluate_sample(loss, sample);
  out.value = outputs.value;
  for (std::size_t i = 0; i < outputs.gradient.size(); i += rows ? 3 : 1) {
    out.gradient.push_back(outputs.gradient[i]);
    out.hessian.push_back(outputs.hessian[i]);
  }
  return out;
}

std::string plot(const Picture& p, bool curvature) {
  const Panel value = {"value", p.over, p.low, p.high, {{p.value}}};
  Panel derivatives = {curvature ? "gradient, curvature (dotted)" : "gradient", p.over, p.low, p.high, {{p.gradient}}};
  if (curvature) derivatives.curves.push_back({p.hessian, true});
  return draw({value, derivatives}, panel_columns, panel_rows);
}

std::string curvature_text(const std::vector<std::string>& words, bool zero) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : ", ") + word + (word == "exact" && zero ? " (0 almost everywhere)" : "");
  }
  return out;
}

std::vector<std::string> properties(const facts::Facts& f) {
  std::vector<std::string> out = {f.convex ? "convex" : "not convex"};
  if (f.lipschitz != nullptr) out.push_back(std::string("Lipschitz ") + f.lipschitz);
  if (f.symmetric) out.push_back("symmetric");
  out.push_back(std::string("minimum ") + f.minimum);
  if (f.kinks != nullptr) out.push_back(std::string("kink ") + f.kinks);
  return out;
}

const char* link_text(facts::Link link) {
  constexpr const char* names[] = {"identity", "logistic", "softmax", "log_softmax", "exponential", "sign"};
  return names[static_cast<int>(link)];
}

std::string parameter_line(const facts::Param& p) {
  std::string out = std::string(p.meaning) + "; ";
  if (p.choices[0].word == nullptr) return out + p.range.text + (std::isnan(p.value) ? ", or none" : "");
  for (const facts::Choice& c : p.choices) {
    if (c.word != nullptr) out += (&c == p.choices ? "" : " or ") + std::string(c.word);
  }
  return out;
}

void print_text(const Loss& loss) {
  const facts::Facts& f = facts_of(loss.entry());
  std::string head = full_text(loss);
  head += std::string(head.size() < 22 ? 23 - head.size() : 2, ' ');
  print(head + (is_row_loss(loss.entry()) ? "rows, " : "pointwise, ") + family_of(loss.entry()) + '\n' + f.summary + "\n\n");

  std::vector<std::pair<std::string, std::string>> lines = {{"formula", f.formula}};
  const std::string prediction = f.prediction.text;
  const std::string fill(prediction.size() < 24 ? 24 - prediction.size() : 2, ' ');
  lines.emplace_back("prediction", prediction + fill + "target  " + target_domain(loss).text);
  for (const facts::Param& p : parameters_of(loss.entry())) lines.emplace_back(p.name, parameter_line(p));
  std::string facts;
  for (const std::string& text : properties(f)) facts += (facts.empty() ? "" : " · ") + text;
  lines.emplace_back("facts", facts);
  bool zero = false;
  lines.emplace_back("curvature", curvature_text(curvatures_of(loss, zero), zero));
  if (*f.elsewhere != 0) lines.emplace_back("elsewhere", f.elsewhere);
  if (*f.reference != 0) lines.emplace_back("reference", f.reference);

  std::size_t widest = 10;
  for (const auto& line : lines) widest = std::max(widest, width(line.first));
  for (const auto& [name, text] : lines) {
    print("  " + name + std::string(widest + 2 - width(name), ' ') + wrapped(text, 130, widest + 4) + '\n');
  }
  print('\n' + plot(picture_of(loss), !zero));
}

void print_json(const Loss& loss) {
  const facts::Facts& f = facts_of(loss.entry());
  json parameters = json::array();
  for (const facts::Param& p : parameters_of(loss.entry())) {
    const std::size_t k = parameters.size();
    json row = {{"name", p.name}, {"value", parameter_text(p, loss.parameters()[k])}, {"default", parameter_text(p, p.value)},
                {"range", p.range.text}, {"meaning", p.meaning}};
    json words = json::array();
    for (const facts::Choice& c : p.choices) {
      if (c.word != nullptr) words.push_back(c.word);
    }
    if (!words.empty()) row["words"] = words, row.erase("range");
    parameters.push_back(row);
  }
  bool zero = false;
  const std::vector<std::string> curvatures = curvatures_of(loss, zero);
  const Picture p = picture_of(loss);
  const auto text_or_null = [](const char* text) { return text == nullptr ? json() : json(text); };
  print(json_line({{"name", loss_name(loss.entry())}, {"loss", full_text(loss)},
                   {"kind", is_row_loss(loss.entry()) ? "rows" : "pointwise"}, {"family", family_of(loss.entry())},
                   {"summary", f.summary}, {"formula", f.formula}, {"prediction", f.prediction.text},
                   {"target", target_domain(loss).text}, {"parameters", parameters},
                   {"facts", {{"convex", f.convex}, {"lipschitz", text_or_null(f.lipschitz)}, {"symmetric", f.symmetric},
                              {"minimum", f.minimum}, {"kinks", text_or_null(f.kinks)}}},
                   {"links", {{"activation", link_text(f.activation)}, {"mean", link_text(f.mean)}}},
                   {"curvature", curvatures}, {"curvature_zero", zero}, {"elsewhere", f.elsewhere},
                   {"reference", f.reference},
                   {"plot", {{"over", p.over}, {"x", p.x}, {"value", p.value}, {"gradient", p.gradient},
                             {"curvature", p.hessian}}}}) + '\n');
}

}  // namespace

Command explain_command(CLI::App& parent) {
  CLI::App* app = parent.add_subcommand("explain", "Explains a loss: formula, domains, facts, names elsewhere, a plot.");
  app->footer("minimand explain huber\nminimand explain huber:delta=1.5\nminimand explain focal --format json");
  auto text = std::make_shared<std::string>();
  app->add_option("loss", *text, "the loss, with parameters if they differ from their defaults: huber:delta=1.5");
  const FormatOption format(*app, "text");
  return {app, [=] {
    need(*app, "loss");
    const Loss chosen = loss(*text);
    format.value() == Format::json ? print_json(chosen) : print_text(chosen);
    return 0;
  }};
}

}  // namespace minimand::cli
