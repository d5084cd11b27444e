// Names of a figure.
#include "picture/figure.h"

#include <algorithm>

namespace minimand::picture {
namespace {

std::vector<std::string> names(const Figure& figure) {
  std::vector<std::string> out;
  for (const Panel& panel : figure.panels) {
    for (const Series& s : panel.series) {
      if (std::find(out.begin(), out.end(), s.name) == out.end()) out.push_back(s.name);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> legend(const Figure& figure) {
  std::vector<std::string> out = names(figure);
  std::erase(out, "");
  return out.size() < 2 ? std::vector<std::string>() : out;
}

std::size_t look(const Figure& figure, const std::string& name) {
  const std::vector<std::string> all = names(figure);
  return static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin());
}

std::size_t looks(const Figure& figure) { return names(figure).size(); }

}  // namespace minimand::picture
