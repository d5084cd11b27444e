// Curves as the strokes that a panel shows.
#pragma once

#include <vector>

#include "picture/scale.h"

namespace minimand::picture {

struct Point { double x, y; };  // in units of the panel: 0 to 1, y upwards
using Stroke = std::vector<Point>;

// Lines of two points and more, and dots of one, all within the panel. Infinities, holes and what lies beyond the
// panel break the line; it is cut exactly at the border.
std::vector<Stroke> strokes(const Series& series, const Scale& x, const Scale& y);

// Leaves out points nearer than `tolerance` to the line through those that stay, on a panel of this size.
Stroke simplified(const Stroke& stroke, double width, double height, double tolerance);

}  // namespace minimand::picture
