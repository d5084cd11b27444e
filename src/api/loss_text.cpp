// Losses from text and back.  loss := name {':' key '=' value {'/' value}}
#include <charconv>
#include <cmath>
#include <system_error>

#include <minimand/catalogue.hpp>

#include "api/about.h"
#include "api/nearest.h"
#include "api/number_text.h"
#include "kernels/entry.h"

namespace minimand {
namespace {

using facts::Facts;
using facts::Param;

// Text from a user as it appears in a message: printable, at most 80 characters.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text.substr(0, 80)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"') {
      out += c;
    } else {
      constexpr char hex[] = "0123456789abcdef";
      out += std::string("\\x") + hex[byte >> 4] + hex[byte & 15];
    }
  }
  return out + (text.size() > 80 ? "...\"" : "\"");
}

std::string did_you_mean(const std::string& name) {
  return name.empty() ? "" : "; did you mean \"" + name + "\"?";
}

const LossEntry& entry_named(std::string_view name) {
  if (const LossEntry* entry = find_loss(name)) return *entry;
  throw error(error_code::PAR001, "unknown loss " + quoted(name) + did_you_mean(nearest_loss(name)) +
                                      " (minimand list shows all)");
}

int parameter_named(const LossEntry& entry, std::string_view key) {
  std::vector<std::string_view> names;
  for (int k = 0; k < entry.parameter_count; ++k) {
    if (key == entry.facts.params[k].name) return k;
    names.emplace_back(entry.facts.params[k].name);
  }
  std::string has;
  for (std::string_view name : names) has += (has.empty() ? "" : ", ") + std::string(name);
  throw error(error_code::PAR002, std::string(entry.name) + " has no parameter " + quoted(key) +
                                      did_you_mean(nearest(key, names)) +
                                      (has.empty() ? "; it has none" : " (it has " + has + ")"));
}

double value_of(const LossEntry& entry, const Param& p, std::string_view text) {
  if (p.choices[0].word != nullptr) {
    std::string words;
    for (const facts::Choice& c : p.choices) {
      if (c.word == nullptr) break;
      if (text == c.word) return c.value;
      words += (words.empty() ? "" : ", ") + std::string(c.word);
    }
    throw error(error_code::PAR003, std::string(entry.name) + ": " + p.name + " is " + quoted(text) + "; legal: " + words);
  }
  if (std::isnan(p.value) && text == "none") return p.value;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, number);
  if (text.empty() || stop != end || status != std::errc{} || std::isnan(number)) {
    throw error(error_code::PAR003, std::string(entry.name) + ": " + p.name + " is " + quoted(text) +
                                        ", which is not a number; legal: " + p.range.text);
  }
  return number + 0.0;  // -0 is 0: one loss has one text
}

void check_range(const LossEntry& entry, const Param& p, double x) {
  if (std::isnan(x) && std::isnan(p.value)) return;  // left out
  if (p.choices[0].word != nullptr) {  // numbers stand for its words
    std::string words;
    for (const facts::Choice& c : p.choices) {
      if (c.word == nullptr) continue;
      if (x == c.value) return;
      words.append(words.empty() ? "" : ", ").append(number_text(c.value)).append(" (").append(c.word).append(")");
    }
    throw error(error_code::PAR003,
                std::string(entry.name) + ": " + p.name + " is " + number_text(x) + "; legal: " + words);
  }
  const facts::Domain& d = p.range;
  const bool inside = (d.low_open ? x > d.low : x >= d.low) && (d.high_open ? x < d.high : x <= d.high);
  if (!inside) {
    throw error(error_code::PAR003,
                std::string(entry.name) + ": " + p.name + " is " + number_text(x) + "; legal: " + d.text);
  }
}

}  // namespace

void check_parameters(const LossEntry& entry, const double* parameters) {
  for (int k = 0; k < entry.parameter_count; ++k) check_range(entry, entry.facts.params[k], parameters[k]);
}

Loss::Loss(const LossEntry& entry, std::vector<double> parameters) : entry_(&entry), parameters_(std::move(parameters)) {
  parameters_.resize(facts::max_params);
  check_parameters(entry, parameters_.data());
}

Loss loss(std::string_view text) {
  const std::size_t name_end = text.find(':');
  const std::string_view name = text.substr(0, name_end);
  if (name.find_first_of("+*()") != std::string_view::npos) {
    throw error(error_code::PAR004, quoted(text) + ": sums, factors and nested losses are not read yet; give one loss");
  }
  const LossEntry& entry = entry_named(name);
  std::vector<double> values(facts::max_params), list;
  int list_index = -1;
  bool given[facts::max_params] = {};
  for (int k = 0; k < entry.parameter_count; ++k) values[static_cast<std::size_t>(k)] = entry.facts.params[k].value;
  for (std::size_t at = name_end; at != std::string_view::npos;) {
    const std::size_t next = text.find(':', at + 1);
    const std::string_view part = text.substr(at + 1, next == std::string_view::npos ? next : next - at - 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      throw error(error_code::PAR004, quoted(part) + " in " + quoted(text) + " is not of the form parameter=value");
    }
    const int k = parameter_named(entry, part.substr(0, equals));
    if (given[k]) throw error(error_code::PAR004, quoted(part.substr(0, equals)) + " is given twice in " + quoted(text));
    given[k] = true;
    const Param& p = entry.facts.params[k];
    std::string_view rest = part.substr(equals + 1);
    if (rest.find('/') == std::string_view::npos) {
      values[static_cast<std::size_t>(k)] = value_of(entry, p, rest);
    } else if (!p.list) {
      throw error(error_code::PAR003, std::string(entry.name) + ": " + p.name + " takes one value, not a list");
    } else {
      list_index = k;
      for (bool more = true; more;) {
        const std::size_t slash = rest.find('/');
        list.push_back(value_of(entry, p, rest.substr(0, slash)));
        check_range(entry, p, list.back());
        more = slash != std::string_view::npos;
        if (more) rest = rest.substr(slash + 1);
      }
      values[static_cast<std::size_t>(k)] = list.front();
    }
    at = next;
  }
  Loss result(entry, std::move(values));
  result.list_ = std::move(list);
  result.list_index_ = list_index;
  return result;
}

std::vector<Loss> losses(std::string_view text) {
  std::vector<Loss> all;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    all.push_back(loss(text.substr(0, comma)));
    more = comma != std::string_view::npos;
    if (more) text = text.substr(comma + 1);
  }
  return all;
}

std::string Loss::text() const {
  std::string out = entry_->name;
  for (int k = 0; k < entry_->parameter_count; ++k) {
    const Param& p = entry_->facts.params[k];
    const double x = parameters_[static_cast<std::size_t>(k)];
    if (k != list_index_ && (x == p.value || (std::isnan(x) && std::isnan(p.value)))) continue;
    out += std::string(":") + p.name + "=";
    if (k == list_index_) {
      // In two steps: g++ 12 warns wrongly of a string put before a temporary.
      for (std::size_t i = 0; i < list_.size(); ++i) {
        if (i > 0) out += '/';
        out += number_text(list_[i]);
      }
      continue;
    }
    bool word = false;
    for (const facts::Choice& c : p.choices) {
      if (c.word != nullptr && c.value == x) out += c.word, word = true;
    }
    if (!word) out += number_text(x);
  }
  return out;
}

}  // namespace minimand
