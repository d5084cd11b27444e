// Numbers and tables as they are printed.
#include "cli/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "api/nearest.h"

namespace minimand::cli {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void note(const std::string& line) {
  const std::string text = line + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string shortest(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::array<char, 32> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

std::string rounded(double value, int digits) {
  if (!std::isfinite(value)) return shortest(value);
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, digits).ptr};
}
std::string seven_digits(double value) { return rounded(value, 7); }

std::vector<std::string> seven_digits(const std::vector<double>& values) {
  double least = HUGE_VAL, most = 0;
  for (const double v : values) {
    if (!std::isfinite(v) || v == 0) continue;
    least = std::min(least, std::abs(v));
    most = std::max(most, std::abs(v));
  }
  std::vector<std::string> out;
  const bool common = most < 1e7 && (most == 0 || least >= 1e-3);
  const int decimals = most < 10 ? 6 : 6 - static_cast<int>(std::floor(std::log10(most)));
  for (const double v : values) {
    if (!common || !std::isfinite(v)) {
      out.push_back(seven_digits(v));
      continue;
    }
    std::array<char, 64> digits;
    out.emplace_back(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), v,
                                                  std::chars_format::fixed, decimals).ptr);
  }
  return out;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string out;
  std::size_t used = indent;
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', blanks), text.size());
    const std::size_t room = width(text.substr(0, end));
    if (used > indent && used + room > columns) {
      out += '\n' + std::string(indent, ' ');
      used = indent;
      text.remove_prefix(blanks);
    } else {
      out += text.substr(0, end);
      used += room;
      text.remove_prefix(end);
    }
  }
  return out;
}

Table::Table(const std::vector<std::pair<std::string, Side>>& heads) {
  for (const auto& [head, side] : heads) heads_.push_back(head), sides_.push_back(side);
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(heads_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < heads_.size(); ++c) {
    std::size_t most = 0;
    for (const auto& row : rows_) most = std::max(most, width(row[c]));
    widths.push_back(most > 0 || rows_.empty() ? std::max(most, width(heads_[c])) : 0);
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string row;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (widths[c] == 0) continue;
      const std::string fill(widths[c] - width(cells[c]), ' ');
      row += sides_[c] == Side::left ? cells[c] + fill : fill + cells[c];
      row += "  ";
    }
    out += row.substr(0, row.find_last_not_of(' ') + 1) + '\n';
  };
  if (std::any_of(heads_.begin(), heads_.end(), [](const std::string& head) { return !head.empty(); })) line(heads_);
  for (const auto& row : rows_) line(row);
  return out;
}

std::string did_you_mean(std::string_view misspelt, const std::vector<std::string>& words) {
  const std::string word = nearest(misspelt, {words.begin(), words.end()});
  return word.empty() ? "" : "; did you mean \"" + word + "\"?";
}

}  // namespace minimand::cli
