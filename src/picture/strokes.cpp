// Cutting curves at the border of a panel.
#include "picture/strokes.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace minimand::picture {
namespace {

// The part of the line from a to b inside the unit square, as shares of its length; false if there is none.
// Liang and Barsky (1984), doi:10.1145/357332.357333.
bool inside(Point a, Point b, double& from, double& to) {
  from = 0, to = 1;
  const double dx = b.x - a.x, dy = b.y - a.y;
  for (const auto& [p, q] : {std::pair{-dx, a.x}, {dx, 1 - a.x}, {-dy, a.y}, {dy, 1 - a.y}}) {
    if (p == 0) {
      if (q < 0) return false;
    } else if (p < 0) {
      from = std::max(from, q / p);
    } else {
      to = std::min(to, q / p);
    }
  }
  return from <= to;
}

Point between(Point a, Point b, double part) {
  const auto mixed = [part](double u, double v) { return std::clamp(u + part * (v - u), 0.0, 1.0); };
  return {mixed(a.x, b.x), mixed(a.y, b.y)};
}

bool within(Point p) { return p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1; }

}  // namespace

std::vector<Stroke> strokes(const Series& series, const Scale& x, const Scale& y) {
  std::vector<Stroke> out;
  Stroke current;
  const auto finish = [&] {
    if (!current.empty()) out.push_back(std::move(current));
    current.clear();
  };
  bool joined = false;
  Point before{};
  for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    const Point p = {x.place(series.x[i]), y.place(series.y[i])};
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
      finish();
      joined = false;
      continue;
    }
    double from = 0, to = 0;
    if (!joined) {
      if (within(p)) current.push_back(p);
    } else if (inside(before, p, from, to) && from < to) {
      if (current.empty()) current.push_back(between(before, p, from));
      current.push_back(between(before, p, to));
      if (to < 1) finish();
    } else {
      if (current.size() == 1) current.clear();  // the start of a line that leaves at once is no dot
      finish();
    }
    before = p;
    joined = true;
  }
  finish();
  return out;
}

// Douglas and Peucker (1973), doi:10.3138/FM57-6770-U75U-7727, without recursion.
Stroke simplified(const Stroke& stroke, double width, double height, double tolerance) {
  if (stroke.size() < 3) return stroke;
  std::vector<char> stays(stroke.size(), 0);
  stays.front() = stays.back() = 1;
  std::vector<std::pair<std::size_t, std::size_t>> open = {{0, stroke.size() - 1}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    const double dx = width * (stroke[last].x - stroke[first].x), dy = height * (stroke[last].y - stroke[first].y);
    const double length = std::hypot(dx, dy);
    double farthest = tolerance;
    std::size_t at = 0;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double ux = width * (stroke[i].x - stroke[first].x), uy = height * (stroke[i].y - stroke[first].y);
      const double distance = length == 0 ? std::hypot(ux, uy) : std::abs(ux * dy - uy * dx) / length;
      if (distance > farthest) farthest = distance, at = i;
    }
    if (at == 0) continue;
    stays[at] = 1;
    open.emplace_back(first, at);
    open.emplace_back(at, last);
  }
  Stroke out;
  for (std::size_t i = 0; i < stroke.size(); ++i) {
    if (stays[i]) out.push_back(stroke[i]);
  }
  return out;
}

}  // namespace minimand::picture
