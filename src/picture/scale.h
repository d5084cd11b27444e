// Ranges of axes, their ticks, and the numbers beside them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "picture/figure.h"

namespace minimand::picture {

struct Range { double low, high; };

// The range of the numbers, from 0 if that is near. What is not finite does not count. `tails`, a share of the numbers
// at either end, may be left out where they lie far from the rest: a pole does not flatten a curve.
Range visible(std::vector<double> values, double tails = 0);

struct Scale {
  Range range;
  bool log = false, whole = false;
  // 0 at the low end, 1 at the high one; NaN for what a logarithmic axis cannot show.
  double place(double value) const;
};
Scale x_scale(const Panel& panel);
Scale y_scale(const Panel& panel);  // with a little room above and below the curves

struct Tick {
  double value;
  std::string label;
};
// At most `most` (2 or more) ticks inside the range. Steps are 1, 2 or 5 times a power of ten: Heckbert (1990), Nice
// numbers for graph labels, Graphics Gems, 61-63. A logarithmic axis has powers of ten where it spans enough of them.
std::vector<Tick> ticks(const Scale& scale, std::size_t most);
// As many ticks, up to `most`, as leave `gap` between their labels on an axis of this length; `width` of a label.
std::vector<Tick> fitting_ticks(const Scale& scale, std::size_t most, double length, double gap,
                                const std::function<double(const std::string&)>& width);

// -1.5 and 0.001 as they are, 2000000 as 2·10⁶, with a real minus; `step` says how many decimals matter.
std::string tick_label(double value, double step);

}  // namespace minimand::picture
