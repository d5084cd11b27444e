// A picture as data: panels of curves. It has two writers, so that every picture exists as SVG (svg.h) and in the
// terminal (braille.h).
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace minimand::picture {

// x and y have the same length, x ascends. The line is broken where y is not finite, and ends where it leaves the
// panel; a point between two breaks is a dot.
struct Series {
  std::string name;  // of the legend; equal names look alike in every panel; "" is in no legend
  std::vector<double> x, y;
};

struct Axis {
  std::string label;
  bool log = false;    // shows what is more than 0
  bool whole = false;  // ticks at whole numbers
  double low = std::numeric_limits<double>::quiet_NaN();  // from the data where NaN
  double high = std::numeric_limits<double>::quiet_NaN();
};

struct Panel {
  std::string title;  // what y is
  Axis x, y;
  std::vector<Series> series;
};

struct Figure {
  std::string title;
  std::string description;  // for those who do not see it
  std::vector<Panel> panels;
  bool heading = true;  // the title is seen, not only told
};

// The names of the legend, in the order in which they first appear; empty if there is nothing to tell apart.
std::vector<std::string> legend(const Figure& figure);
// The number of a series' look: 0, 1, ... by its name, in the order of first appearance.
std::size_t look(const Figure& figure, const std::string& name);
// How many there are.
std::size_t looks(const Figure& figure);

}  // namespace minimand::picture
