// minimand explain: what a loss is, where it may be used, and how it looks.
#include <cmath>

#include "api/about.h"
#include "api/number_text.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "cli/options.h"
#include "cli/samples.h"
#include "cli/text.h"
#include "io/json.h"

namespace minimand::cli {
namespace {

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
  print(head + (is_row_loss(loss.entry()) ? "rows, " : "pointwise, ") + word(f.family) + '\n' + f.summary + "\n\n");

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
  print("\n");
  Picture().draw(explain_figure_narrow(loss, !zero));
}

void print_json(const Loss& loss) {
  const facts::Facts& f = facts_of(loss.entry());
  io::Json parameters = io::Json::array();
  for (const facts::Param& p : parameters_of(loss.entry())) {
    io::Json row = {{"name", p.name}, {"value", parameter_text(p, loss.parameters()[parameters.size()])},
                    {"default", parameter_text(p, p.value)}};
    std::vector<std::string> words;
    for (const facts::Choice& c : p.choices) {
      if (c.word != nullptr) words.emplace_back(c.word);
    }
    if (words.empty()) row.set("range", p.range.text);
    row.set("meaning", p.meaning);
    if (!words.empty()) row.set("words", words);
    parameters.push_back(std::move(row));
  }
  bool zero = false;
  const std::vector<std::string> curvatures = curvatures_of(loss, zero);
  const Course course = course_of(loss);
  const Points p = points_at(loss, even_places(course, json_places));
  const auto text_or_null = [](const char* text) { return text == nullptr ? io::Json() : io::Json(text); };
  const io::Json all = {{"name", loss_name(loss.entry())}, {"loss", full_text(loss)},
                        {"kind", is_row_loss(loss.entry()) ? "rows" : "pointwise"}, {"family", word(f.family)},
                        {"summary", f.summary}, {"formula", f.formula}, {"prediction", f.prediction.text},
                        {"target", target_domain(loss).text}, {"parameters", parameters},
                        {"facts", {{"convex", f.convex}, {"lipschitz", text_or_null(f.lipschitz)}, {"symmetric", f.symmetric},
                                   {"minimum", f.minimum}, {"kinks", text_or_null(f.kinks)}}},
                        {"links", {{"activation", word(f.activation)}, {"mean", word(f.mean)}}},
                        {"curvature", curvatures}, {"curvature_zero", zero}, {"elsewhere", f.elsewhere},
                        {"reference", f.reference},
                        {"plot", {{"over", course.over}, {"x", p.x}, {"value", p.value}, {"gradient", p.gradient},
                                  {"curvature", p.curvature}}}};
  print(all.line() + '\n');
}

}  // namespace

Command explain_command(Arguments& parent) {
  Arguments app = parent.subcommand("explain", "Explains a loss: formula, domains, facts, names elsewhere, a plot.");
  app.examples("minimand explain huber\nminimand explain huber:delta=1.5\nminimand explain focal --format json\n"
              "minimand explain huber --svg huber.svg");
  auto text = std::make_shared<std::string>();
  app.option("loss", *text, "the loss, with parameters if they differ from their defaults: huber:delta=1.5");
  auto svg = std::make_shared<std::string>();
  app.option("--svg", *svg, "writes value, gradient and second derivative as a picture, and nothing else")
      .value("FILE");
  const FormatOption format(app, "text");
  return {app, [=] {
    app.need("loss");
    const Loss chosen = loss(*text);
    if (app.given("--svg")) {
      if (app.given("--format")) throw error(error_code::PAR005, "--svg and --format do not combine");
      Picture(*svg).draw(explain_figure(chosen));
      return 0;
    }
    format.value() == Format::json ? print_json(chosen) : print_text(chosen);
    return 0;
  }};
}

}  // namespace minimand::cli
