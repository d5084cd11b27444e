#include "api/nearest.h"

#include <algorithm>

namespace minimand {
namespace {

// Optimal string alignment distance (Damerau 1964, doi:10.1145/363958.363994).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view misspelt, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = misspelt.size() / 3 + 2;
  if (misspelt.size() > 64) return "";
  for (std::string_view candidate : candidates) {
    const std::size_t d = distance(misspelt, candidate);
    if (d < least) least = d, best = candidate;
  }
  // A name that begins as it was typed counts as meant: "softmax", "binary_cross".
  if (best.empty() && misspelt.size() >= 3) {
    for (std::string_view candidate : candidates) {
      if (candidate.substr(0, misspelt.size()) == misspelt) return std::string(candidate);
    }
  }
  return std::string(best);
}

}  // namespace minimand
