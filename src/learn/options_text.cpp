// Parses name:key=value texts and answers misspelt names.
#include "learn/options_text.h"

#include <algorithm>
#include <charconv>
#include <minimand/error.hpp>

#include "api/escape.h"

namespace minimand::learn {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

bool inside(const facts::Domain& range, double x) {
  return (range.low_open ? x > range.low : x >= range.low) &&
         (range.high_open ? x < range.high : x <= range.high);
}

// A number in its range, or one of the words.
double value_of(const facts::Param& param, std::string_view text, const std::string& what) {
  if (!param.choices[0].word) {
    const double value = parse_number(text, what);
    if (inside(param.range, value)) return value;
    throw error(error_code::PAR005, what + " is " + escaped(text) + "; it must be " + param.range.text);
  }
  std::vector<std::string_view> words;
  for (const facts::Choice& choice : param.choices) {
    if (!choice.word) break;
    if (text == choice.word) return choice.value;
    words.push_back(choice.word);
  }
  throw error(error_code::PAR005, what + " is \"" + escaped(text) + "\"" + suggestion(text, words));
}

}  // namespace

OptionsText parse_options(std::string_view text, std::string_view what) {
  const auto fail = [&](const std::string& why) {
    throw error(error_code::PAR005, std::string(what) + " \"" + escaped(text) + "\": " + why);
  };
  OptionsText out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (begin == 0) {
      if (part.empty()) fail("a name is needed");
      out.name = part;
    } else {
      const std::size_t equals = part.find('=');
      const std::string key(equals == part.npos ? std::string_view() : part.substr(0, equals));
      const std::string value(equals == part.npos ? part : part.substr(equals + 1));
      if (value.empty() || equals == 0) fail("write name:key=value");
      for (const auto& [other, unused] : out.options)
        if (other == key)
          fail(key.empty() ? "more than one value without a key" : "\"" + escaped(key) + "\" is given twice");
      out.options.emplace_back(key, value);
    }
    begin = end + 1;
  }
  return out;
}

std::vector<double> parameter_values(const OptionsText& spec, std::span<const facts::Param> parameters,
                                     std::string_view what) {
  std::vector<std::string_view> names;
  std::vector<double> values;
  for (const facts::Param& param : parameters) {
    names.push_back(param.name);
    values.push_back(param.value);
  }
  const std::string who = std::string(what) + ' ' + spec.name;
  for (const auto& [key, value] : spec.options) {
    const auto i = static_cast<std::size_t>(std::find(names.begin(), names.end(), key) - names.begin());
    if (i == names.size())
      throw error(error_code::PAR005, who + " has no option \"" + escaped(key) + "\"" + suggestion(key, names));
    values[i] = value_of(parameters[i], value, who + ": " + names[i].data());
  }
  return values;
}

std::string parameters_text(std::string name, std::span<const facts::Param> parameters,
                            std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const facts::Param& param = parameters[i];
    if (values[i] == param.value || (values[i] != values[i] && param.value != param.value)) continue;
    name.append(":").append(param.name).append("=");
    std::string value = number_text(values[i]);
    for (const facts::Choice& choice : param.choices)
      if (choice.word && choice.value == values[i]) value = choice.word;
    name += value;
  }
  return name;
}

std::string nearest(std::string_view misspelt, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t least = 1 + std::min<std::size_t>(misspelt.size() / 2, 3);
  if (misspelt.size() > 100) return "";
  for (std::string_view name : names)
    if (const std::size_t d = edit_distance(misspelt, name); d < least) least = d, best = name;
  return std::string(best);
}

std::string suggestion(std::string_view misspelt, std::span<const std::string_view> names) {
  if (const std::string name = nearest(misspelt, names); !name.empty())
    return "; did you mean \"" + name + "\"?";
  if (names.empty()) return "; there is none";
  std::string text = "; there ";
  text += names.size() == 1 ? "is " : "are ";
  for (std::size_t i = 0; i < names.size(); ++i) (text += i ? ", " : "") += names[i];
  return text;
}

double parse_number(std::string_view text, std::string_view what) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value != value)
    throw error(error_code::PAR005, std::string(what) + " \"" + escaped(text) + "\" is not a number");
  return value;
}

std::string number_text(double value) {
  char buffer[32];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return code == std::errc() ? std::string(buffer, end) : std::string();
}

}  // namespace minimand::learn
