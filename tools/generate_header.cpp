// Prints minimand/losses.hpp, one typed function per loss, from the facts of the catalogue.
//   generate_header          to standard output
//   generate_header FILE     to FILE, which is written only if it changes
#include <cctype>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "api/about.h"
#include "api/number_text.h"

namespace minimand {
namespace {

constexpr std::size_t columns = 110;

// Lines of a comment, wrapped between words; further lines begin with `further`.
std::string comment(const std::string& first, const std::string& further, const std::string& text) {
  std::string out, line = first;
  std::istringstream words(text);
  bool bare = true;
  for (std::string word; words >> word; bare = false) {
    // Columns count characters, not bytes.
    std::size_t width = word.size() + 1;
    for (const char c : line + word) width -= (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!bare && line.size() + width > columns) {
      out += line + "\n";
      line = further;
    } else if (!bare) {
      line += ' ';
    }
    line += word;
  }
  return out + line + "\n";
}

// An identifier for a word; digits in front are spelled: "01" is zero_one.
std::string identifier(const std::string& word) {
  constexpr const char* digits[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  if (std::isdigit(static_cast<unsigned char>(word[0])) == 0) return word;
  std::string out;
  for (const char c : word) {
    if (!out.empty()) out += '_';
    out += std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits[c - '0'] : std::string(1, c).c_str();
  }
  return out;
}

std::vector<facts::Choice> words_of(const facts::Param& p) {
  std::vector<facts::Choice> some;
  for (const facts::Choice& c : p.choices) {
    if (c.word != nullptr) some.push_back(c);
  }
  return some;
}
bool is_flag(const facts::Param& p) {
  const auto words = words_of(p);
  return words.size() == 2 && words[0].word == std::string("false") && words[1].word == std::string("true");
}

// Names that stand three blanks apart, by commas.
std::string listed(std::string names) {
  for (std::size_t at; (at = names.find("   ")) != std::string::npos;) names.replace(at, 3, ", ");
  return names;
}

std::string literal(double x) { return std::isinf(x) ? "std::numeric_limits<double>::infinity()" : number_text(x); }

// enum class labels : ... of each parameter that is a word, once for all losses.
std::string enumerations() {
  std::map<std::string, std::string> known;  // name to definition
  std::string out;
  for (const LossEntry* entry : catalogue()) {
    for (const facts::Param& p : parameters_of(*entry)) {
      if (words_of(p).empty() || is_flag(p)) continue;
      std::string definition = std::string("enum class ") + p.name + " : std::uint8_t {";
      const char* separator = " ";
      for (const facts::Choice& c : words_of(p)) {
        definition += separator + identifier(c.word) + " = " + number_text(c.value);
        separator = ", ";
      }
      definition += " };\n";
      const auto [place, fresh] = known.emplace(p.name, definition);
      if (!fresh && place->second != definition) {
        throw error(error_code::INT001, std::string("two losses have a parameter \"") + p.name + "\" of different words");
      }
      if (fresh) out += comment("// ", "// ", std::string(1, static_cast<char>(std::toupper(p.meaning[0]))) + (p.meaning + 1) + ".") + definition;
    }
  }
  return out;
}

struct Member {
  std::string declaration, argument, note;
};

Member member(const std::string& loss, const facts::Param& p) {
  const std::string name = p.name;
  const auto words = words_of(p);
  std::string note = p.meaning;
  if (is_flag(p)) {
    const char* value = p.value == words[1].value ? "true" : "false";
    return {"bool " + name + " = " + value, "parameters." + name + " ? 1.0 : 0.0", note};
  }
  if (!words.empty()) {
    std::string initial;
    for (const facts::Choice& c : words) {
      if (c.value == p.value) initial = identifier(c.word);
    }
    return {"minimand::" + name + " " + name + " = minimand::" + name + "::" + initial,
            "static_cast<double>(parameters." + name + ")", note};
  }
  note += std::string("; ") + p.range.text;
  if (p.list) note += "; a list by loss(\"" + loss + ":" + name + "=.../...\")";
  if (std::isnan(p.value)) {
    return {"std::optional<double> " + name + "{}",
            "detail::number_or_none(parameters." + name + ", \"" + loss + ": " + name + "\")", note};
  }
  return {"double " + name + " = " + literal(p.value), "parameters." + name, note};
}

std::string shapes(const LossEntry& entry) {
  if (!is_row_loss(entry)) return "target has the shape of prediction, trailing axes of size 1 aside; values too.";
  switch (facts_of(entry).target.kind) {
    case facts::Kind::index:
      return "prediction (..., K), target and values without the class axis: (...).";
    case facts::Kind::index_or_distribution:
      return "prediction (..., K), target (...) of class indices or (..., K) of distributions; values (...).";
    default:
      return "prediction and target (..., K); values without the class axis: (...).";
  }
}

std::string errors(const LossEntry& entry) {
  const facts::Facts& f = facts_of(entry);
  std::string out = "SHP001 shapes, SHP002 types, SHP003 overlapping outputs, ";
  if (std::isfinite(f.prediction.low) || std::isfinite(f.prediction.high)) out += "DOM001 prediction, ";
  using facts::Kind;
  const bool index = f.target.kind == Kind::index || f.target.kind == Kind::index_or_distribution;
  if (index) out += "TGT001 class indices, ";
  if (f.target.kind != Kind::index && (std::isfinite(f.target.low) || std::isfinite(f.target.high))) out += "DOM002 target, ";
  out += "DOM003 weights, ";
  if (!parameters_of(entry).empty()) out += "PAR003 parameters, ";
  return out + "PAR005 options.";
}

std::string function(const LossEntry& entry) {
  const facts::Facts& f = facts_of(entry);
  const std::string name(loss_name(entry));
  const auto parameters = parameters_of(entry);
  std::string structure, arguments;
  for (const facts::Param& p : parameters) {
    const Member m = member(name, p);
    const std::string line = "  " + m.declaration + ";  // " + m.note;
    structure += line.size() <= columns ? line + "\n" : comment("  // ", "  // ", m.note) + "  " + m.declaration + ";\n";
    arguments += (arguments.empty() ? "" : ", ") + m.argument;
  }

  std::string out = comment("// ", "// ", f.summary);
  out += comment("//   ", "//     ", f.formula);
  out += comment("// Prediction: ", "//   ", std::string(f.prediction.text) + ". Target: " + f.target.text + ".");
  int number = 0;
  for (const facts::Input& input : inputs_of(entry)) {
    out += comment("// Input ", "//   ", std::string(input.name) + ": " + input.meaning + ", " + input.domain.text +
                                             "; its derivatives go to call.inputs[" + std::to_string(number++) + "].");
  }
  for (const facts::Param& p : parameters) {
    for (const facts::Choice& c : words_of(p)) {
      if (c.target == nullptr || c.target->text == std::string(f.target.text)) continue;
      out += comment("//   ", "//   ", std::string(p.name) + "=" + c.word + ": target " + c.target->text + ".");
    }
  }
  out += comment("// Shapes: ", "//   ", shapes(entry));
  out += comment("// Errors: ", "//   ", errors(entry));
  if (*f.elsewhere != '\0') out += comment("// Elsewhere: ", "//   ", listed(f.elsewhere));
  if (*f.reference != '\0') out += comment("// ", "//   ", f.reference);
  if (!parameters.empty()) out += "struct " + name + "_parameters {\n" + structure + "};\n";

  std::string inputs, values;
  for (const facts::Input& input : inputs_of(entry)) {
    inputs += std::string(" const array& ") + input.name + ",";
    values += (values.empty() ? "" : ", ") + std::string(input.name);
  }
  const std::string given = inputs.empty() ? "call" : "detail::with_inputs(call, {" + values + "})";
  const std::string begin = "inline Result " + name + "(const array& prediction," + inputs + " const array& target,";
  const std::string end = (parameters.empty() ? "" : "const " + name + "_parameters& parameters = {}, ") +
                          std::string("const Call& call = {}) {\n");
  const std::string indent(begin.find('(') + 1, ' ');
  out += begin + (begin.size() + end.size() <= columns ? " " : "\n" + indent) + end;
  out += "  static const LossEntry& entry = detail::entry(\"" + name + "\");\n";
  const std::string call = "  return detail::evaluate(entry, {" + arguments + "}, prediction, target, " + given + ");\n";
  if (call.size() <= columns) return out + call + "}\n";
  out += "  return detail::evaluate(entry,\n";
  std::string line = "                          {";
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::string argument = member(name, parameters[k]).argument + (k + 1 < parameters.size() ? "," : "},");
    if (k > 0 && line.size() + 1 + argument.size() > columns) {
      out += line + "\n";
      line = "                           ";
    } else if (k > 0) {
      line += ' ';
    }
    line += argument;
  }
  return out + line + "\n                          prediction, target, " + given + ");\n}\n";
}

constexpr const char* preamble = R"(// A function per loss: parameters that can be named and completed, no text, nothing allocated that grows with
// the data. Written by tools/generate_header.cpp from the facts of the losses; do not edit.
//     mm::huber(prediction, target, {.delta = 1.5}, {.gradient = gradient, .weight = weight})
// A call is what minimand::loss("huber:delta=1.5") does, with the same bits. Arrays: see array.hpp; options: see
// call.hpp; both stay the caller's. Failures throw minimand::error, and outputs are then unspecified.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include <minimand/call.hpp>
#include <minimand/detail.hpp>

namespace minimand {

)";

std::string header() {
  std::string out = preamble + enumerations();
  for (const LossEntry* entry : catalogue()) out += "\n" + function(*entry);
  return out + "\n}  // namespace minimand\n";
}

}  // namespace
}  // namespace minimand

int main(int count, char** arguments) try {
  const std::string text = minimand::header();
  if (count < 2) {
    std::cout << text;
    return std::cout.flush() ? 0 : 1;
  }
  std::stringstream old;
  old << std::ifstream(arguments[1], std::ios::binary).rdbuf();
  if (old.str() == text) return 0;
  const std::string fresh = std::string(arguments[1]) + ".new";
  if (!(std::ofstream(fresh, std::ios::binary) << text).flush() || std::rename(fresh.c_str(), arguments[1]) != 0) {
    std::cerr << "cannot write " << arguments[1] << "\n";
    return 1;
  }
  std::cout << "wrote " << arguments[1] << "\n";
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
