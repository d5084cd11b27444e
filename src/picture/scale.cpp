// Axes: from numbers to places, and nice numbers for the ticks.
#include "picture/scale.h"

#include <algorithm>
#include <cmath>

#include "picture/text.h"

namespace minimand::picture {
namespace {

constexpr double room = 0.04;       // share of the range above and below the curves
constexpr double near_zero = 0.3;   // share of the far end within which the near one becomes 0
constexpr double rounding = 1e-9;   // share of a step by which a tick may miss its place
constexpr std::size_t most_ticks = 100;               // whatever is asked
constexpr double smallest = 1e-270, largest = 1e270;  // numbers of an axis

std::string superscript(int number) {
  static constexpr const char* digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = number < 0 ? "⁻" : "";
  for (const char c : std::to_string(std::abs(number))) out += digits[c - '0'];
  return out;
}

int decade(double positive) { return static_cast<int>(std::floor(std::log10(positive) + rounding)); }

// The smallest 1, 2 or 5 times a power of ten that is not below `least`.
double nice_step(double least) {
  const double power = std::pow(10.0, decade(least));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - rounding)) return factor * power;
  }
  return 10 * power;
}

std::vector<Tick> linear_ticks(const Range& r, std::size_t most, bool whole) {
  const double span = r.high - r.low;
  std::vector<Tick> out;
  if (!(span > 0) || !std::isfinite(span)) return out;
  double step = nice_step(span / static_cast<double>(most));
  if (whole) step = std::max(1.0, step);
  for (;; step = nice_step(1.5 * step)) {
    const double first = std::ceil(r.low / step - rounding), last = std::floor(r.high / step + rounding);
    if (last - first + 1 > static_cast<double>(most)) continue;
    for (double k = 0; k <= last - first; ++k) {
      const double value = (first + k) * step;
      out.push_back({std::clamp(value, r.low, r.high), tick_label(value, step)});
    }
    return out;
  }
}

std::vector<Tick> log_ticks(const Range& r, std::size_t most) {
  const int low = static_cast<int>(std::ceil(std::log10(r.low) - rounding));
  const int high = static_cast<int>(std::floor(std::log10(r.high) + rounding));
  std::vector<Tick> out;
  const auto add = [&](double value) {
    if (value < r.low * (1 - rounding) || value > r.high * (1 + rounding)) return;
    out.push_back({std::clamp(value, r.low, r.high), tick_label(value, value)});
  };
  if (high > low + 1) {
    const int every = 1 + (high - low) / static_cast<int>(most);
    for (int k = low; k <= high; ++k) {
      if (k % every == 0) add(std::pow(10.0, k));
    }
    return out;
  }
  for (int k = low - 1; k <= high; ++k) {
    for (const double factor : {1.0, 2.0, 5.0}) add(factor * std::pow(10.0, k));
  }
  if (out.size() < 2 || out.size() > most) return linear_ticks(r, most, false);
  return out;
}

Range given_or(const Axis& axis, Range found) {
  if (std::isfinite(axis.low)) found.low = axis.low;
  if (std::isfinite(axis.high)) found.high = axis.high;
  return found;
}

// An axis needs a length that doubles can divide, and a logarithmic one positive ends.
Range usable(Range r, bool log) {
  r = {std::clamp(r.low, -largest, largest), std::clamp(r.high, -largest, largest)};
  if (log) r.high = std::max(r.high, smallest);
  if (log && !(r.low > smallest)) r.low = 1e-3 * r.high;
  const double size = std::max(std::abs(r.low), std::abs(r.high));
  if (r.high - r.low > std::max(1e-9 * size, smallest)) return r;
  if (log) return {r.low / 2, r.low * 2};
  const double half = size < smallest ? 0.5 : size / 2;
  return {r.low - half, r.low + half};
}

std::vector<double> collected(const Panel& panel, std::vector<double> Series::* member, bool log) {
  std::vector<double> out;
  for (const Series& s : panel.series) {
    for (const double v : s.*member) {
      if (std::isfinite(v) && (!log || v > 0)) out.push_back(v);
    }
  }
  return out;
}

}  // namespace

Range visible(std::vector<double> all, double tails) {
  std::erase_if(all, [](double v) { return !std::isfinite(v); });
  if (all.empty()) return {0, 1};
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) { return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))]; };
  const double low = at(tails), high = at(1 - tails), spread = high - low;
  Range r = {std::max(all.front(), low - spread), std::min(all.back(), high + spread)};
  if (r.low > 0 && r.low < near_zero * r.high) r.low = 0;
  if (r.high < 0 && r.high > near_zero * r.low) r.high = 0;
  if (r.low == r.high) r = r.low == 0 ? Range{0, 1} : Range{std::min(0.0, r.low), std::max(0.0, r.high)};
  return r;
}

double Scale::place(double value) const {
  if (!log) return (value - range.low) / (range.high - range.low);
  if (!(value > 0)) return std::numeric_limits<double>::quiet_NaN();
  return (std::log(value) - std::log(range.low)) / (std::log(range.high) - std::log(range.low));
}

Scale x_scale(const Panel& panel) {
  const std::vector<double> all = collected(panel, &Series::x, panel.x.log);
  Range r = {0, 1};
  if (!all.empty()) r = {*std::min_element(all.begin(), all.end()), *std::max_element(all.begin(), all.end())};
  return {usable(given_or(panel.x, r), panel.x.log), panel.x.log, panel.x.whole};
}

Scale y_scale(const Panel& panel) {
  const std::vector<double> all = collected(panel, &Series::y, panel.y.log);
  Range r;
  if (panel.y.log) {
    r = all.empty() ? Range{1, 10} : Range{*std::min_element(all.begin(), all.end()), *std::max_element(all.begin(), all.end())};
    r = usable(given_or(panel.y, r), true);
    const double factor = std::exp(room * (std::log(r.high) - std::log(r.low)));
    r = {r.low / factor, r.high * factor};
  } else {
    r = usable(given_or(panel.y, visible(all)), false);
    const double more = room * (r.high - r.low);
    r = {r.low - more, r.high + more};
  }
  return {r, panel.y.log, panel.y.whole};
}

std::vector<Tick> ticks(const Scale& scale, std::size_t most) {
  most = std::clamp<std::size_t>(most, 2, most_ticks);
  return scale.log ? log_ticks(scale.range, most) : linear_ticks(scale.range, most, scale.whole);
}

std::vector<Tick> fitting_ticks(const Scale& scale, std::size_t most, double length, double gap,
                                const std::function<double(const std::string&)>& width) {
  for (;; --most) {
    std::vector<Tick> out = ticks(scale, most);
    bool fits = true;
    for (std::size_t i = 1; i < out.size(); ++i) {
      const double apart = length * (scale.place(out[i].value) - scale.place(out[i - 1].value));
      fits &= apart >= gap + (width(out[i].label) + width(out[i - 1].label)) / 2;
    }
    if (fits || most <= 2) return out;
  }
}

std::string tick_label(double value, double step) {
  if (std::abs(value) < rounding * step) return "0";
  const int size = decade(std::abs(value)), small = decade(step);
  std::string out;
  if (size >= 6 || small < -4) {
    const double mantissa = value / std::pow(10.0, size);
    out = fixed(mantissa, std::clamp(size - small, 0, 15));
    const std::string power = "10" + superscript(size);
    if (out == "1" || out == "-1") out = (out == "1" ? "" : "-") + power;
    else out += "·" + power;
  } else {
    out = fixed(value, std::max(0, -small));
  }
  if (out[0] == '-') out.replace(0, 1, "−");
  return out;
}

}  // namespace minimand::picture
