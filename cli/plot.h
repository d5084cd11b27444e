// Curves in a terminal, drawn with braille dots: two by four of them in every character.
#pragma once

#include <string>
#include <vector>

namespace minimand::cli {

struct Curve {
  std::vector<double> y;  // over equally spaced x; what is not finite leaves a gap
  bool dotted = false;
};

struct Panel {
  std::string title;
  std::string x_label;
  double x_low = 0, x_high = 1;
  std::vector<Curve> curves;
};

// Points of a curve that a panel of so many characters shows.
constexpr std::size_t plot_points(std::size_t columns) { return 2 * columns; }

// Panels beside one another: a line of titles, `rows` lines of `columns` characters each, a line below.
std::string draw(const std::vector<Panel>& panels, std::size_t columns, std::size_t rows);

}  // namespace minimand::cli
