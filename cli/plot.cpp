// Curves as braille characters (Unicode block 2800).
#include "cli/plot.h"

#include <algorithm>
#include <cmath>

#include "cli/text.h"

namespace minimand::cli {
namespace {

struct Range { double low, high; };

// The range that shows most of the curves: a pole does not flatten the rest.
Range range_of(const Panel& panel) {
  std::vector<double> all;
  for (const Curve& c : panel.curves) {
    std::copy_if(c.y.begin(), c.y.end(), std::back_inserter(all), [](double y) { return std::isfinite(y); });
  }
  if (all.empty()) return {0, 1};
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) { return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))]; };
  const double low = at(0.03), high = at(0.97), spread = high - low;
  Range r = {std::max(all.front(), low - spread), std::min(all.back(), high + spread)};
  if (r.low > 0 && r.low < 0.3 * r.high) r.low = 0;
  if (r.high < 0 && r.high > 0.3 * r.low) r.high = 0;
  if (r.low == r.high) r = r.low == 0 ? Range{0, 1} : Range{std::min(0.0, r.low), std::max(0.0, r.high)};
  return r;
}

class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(columns * rows) {}

  void dot(std::size_t x, std::size_t y) {  // y from the top
    static constexpr unsigned char bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cells_[(y / 4) * columns_ + x / 2] |= bits[y % 4][x % 2];
  }

  void curve(const Curve& c, const Range& range) {
    const std::size_t height = 4 * rows_ - 1;
    bool joined = false;
    std::size_t before = 0;
    for (std::size_t x = 0; x < std::min(c.y.size(), 2 * columns_); ++x) {
      const double part = (c.y[x] - range.low) / (range.high - range.low);
      const bool seen = std::isfinite(c.y[x]) && part > -0.01 && part < 1.01;
      if (!seen) {
        joined = false;
        continue;
      }
      const std::size_t y = static_cast<std::size_t>(std::lround((1 - std::clamp(part, 0.0, 1.0)) * static_cast<double>(height)));
      const std::size_t from = !joined || before == y ? y : before < y ? before + 1 : before - 1;
      const std::size_t low = std::min(from, y), high = std::max(from, y);
      for (std::size_t dots = low; dots <= high; ++dots) {
        if (!c.dotted || (low == high ? x % 3 == 0 : dots % 3 == 0)) dot(x, dots);
      }
      before = y;
      joined = true;
    }
  }

  std::string row(std::size_t r) const {
    std::string out;
    for (std::size_t c = 0; c < columns_; ++c) {
      const unsigned char bits = cells_[r * columns_ + c];
      if (bits == 0) {
        out += ' ';
        continue;
      }
      out += '\xE2';
      out += static_cast<char>(0xA0 | (bits >> 6));
      out += static_cast<char>(0x80 | (bits & 0x3F));
    }
    return out;
  }

 private:
  std::size_t columns_, rows_;
  std::vector<unsigned char> cells_;
};

std::string label(double value) {
  const double rounded = std::abs(value) < 1e-12 ? 0 : value;
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", rounded);
  return text;
}

std::string padded(const std::string& text, std::size_t to) {
  return text + std::string(to - std::min(to, width(text)), ' ');
}

std::vector<std::string> lines_of(const Panel& panel, std::size_t columns, std::size_t rows) {
  const Range range = range_of(panel);
  Canvas canvas(columns, rows);
  for (const Curve& c : panel.curves) canvas.curve(c, range);
  const std::string top = label(range.high), bottom = label(range.low);
  const std::size_t margin = std::max(top.size(), bottom.size());
  std::vector<std::string> out = {std::string(margin + 2, ' ') + panel.title};
  for (std::size_t r = 0; r < rows; ++r) {
    const std::string tick = r == 0 ? top : r + 1 == rows ? bottom : "";
    out.push_back(std::string(margin - tick.size(), ' ') + tick + (tick.empty() ? " │" : " ┤") + canvas.row(r));
  }
  const std::string left = label(panel.x_low), right = label(panel.x_high);
  const std::size_t used = left.size() + right.size() + width(panel.x_label);
  const std::size_t gap = columns > used ? columns - used : 2;
  out.push_back(std::string(margin + 2, ' ') + left + std::string(gap / 2, ' ') + panel.x_label +
                std::string(gap - gap / 2, ' ') + right);
  return out;
}

}  // namespace

std::string draw(const std::vector<Panel>& panels, std::size_t columns, std::size_t rows) {
  std::vector<std::string> out(rows + 2);
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const std::vector<std::string> lines = lines_of(panels[p], columns, rows);
    std::size_t widest = 0;
    for (const std::string& line : out) widest = std::max(widest, width(line));
    for (std::size_t l = 0; l < out.size(); ++l) out[l] = padded(out[l], p == 0 ? 0 : widest + 3) + lines[l];
  }
  std::string text;
  for (const std::string& line : out) text += "  " + line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  return text;
}

}  // namespace minimand::cli
