// Numbers as text: the shortest form that reads back equal.
#pragma once

#include <charconv>
#include <cmath>
#include <string>

namespace minimand {

inline std::string number_text(double x) {
  if (std::isnan(x)) return "none";  // the only NaN a loss text holds: a parameter left out
  char buffer[32];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, x);
  (void)status;
  return std::string(buffer, end);
}

}  // namespace minimand
