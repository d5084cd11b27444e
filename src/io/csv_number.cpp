// The numbers of CSV cells.
#include <algorithm>
#include <charconv>
#include <limits>

#include "io/csv.h"

namespace minimand::io {
namespace {

// Whether the unsigned decimal number, which std::from_chars found out of range, is too large rather than
// too small: the sign of the decimal exponent of its leading digit tells.
bool too_large(std::string_view digits) {
  const std::size_t e = std::min(digits.find_first_of("eE"), digits.size());
  const std::string_view mantissa = digits.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t leading = mantissa.find_first_of("123456789");
  if (leading == std::string_view::npos) return false;
  std::int64_t exponent = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(leading);
  if (e < digits.size()) {
    std::string_view text = digits.substr(e + 1);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::int64_t shift = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), shift);
    if (status == std::errc::result_out_of_range) return !negative;
    exponent += negative ? -shift : shift;
  }
  return exponent > 0;
}

bool is_word(std::string_view cell, std::string_view word) {
  return std::equal(cell.begin(), cell.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

}  // namespace

std::optional<double> parse_number(std::string_view cell) {
  const bool negative = cell.starts_with('-');
  const std::string_view digits = negative ? cell.substr(1) : cell;
  double value = 0;
  if (digits.empty()) return std::nullopt;
  if (digits[0] == '.' || (digits[0] >= '0' && digits[0] <= '9')) {
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end != digits.data() + digits.size() || status == std::errc::invalid_argument) return std::nullopt;
    if (status == std::errc::result_out_of_range) {
      value = too_large(digits) ? std::numeric_limits<double>::infinity() : 0.0;
    }
  } else if (is_word(digits, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (is_word(digits, "inf") || is_word(digits, "infinity")) {
    value = std::numeric_limits<double>::infinity();
  } else {
    return std::nullopt;
  }
  return negative ? -value : value;
}

}  // namespace minimand::io
