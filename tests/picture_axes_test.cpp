// The axes and strokes of a picture: ticks, ranges, and curves cut at the border.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "picture/scale.h"
#include "picture/strokes.h"

namespace minimand::picture {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

double number_of(std::string label) {
  for (const auto& [from, to] : {std::pair{"−", "-"}, {"·10", "e"}, {"⁻", "-"}, {"⁰", "0"}, {"¹", "1"}, {"²", "2"}, {"³", "3"},
                                 {"⁴", "4"}, {"⁵", "5"}, {"⁶", "6"}, {"⁷", "7"}, {"⁸", "8"}, {"⁹", "9"}}) {
    for (std::size_t at; (at = label.find(from)) != std::string::npos;) label.replace(at, std::string_view(from).size(), to);
  }
  return std::stod(label);
}

TEST(Ticks, LieInsideAreNiceAndSayTheirNumber) {
  for (const double low : {-1e9, -123.4, -3.0, -0.001, 0.0, 1e-7, 0.7, 99.0, 1e12}) {
    for (const double span : {1e-6, 0.003, 0.5, 1.0, 7.3, 60.0, 12345.0, 3e8}) {
      if (span < 1e-9 * std::abs(low)) continue;
      const Scale scale = {{low, low + span}};
      for (const std::size_t most : {2u, 3u, 6u, 8u}) {
        const std::vector<Tick> found = ticks(scale, most);
        ASSERT_GE(found.size(), 1u) << low << ' ' << span << ' ' << most;
        EXPECT_LE(found.size(), most);
        EXPECT_GE(found.size(), most >= 6 ? 2u : 1u) << low << ' ' << span << ' ' << most;
        for (const Tick& t : found) {
          EXPECT_GE(t.value, low);
          EXPECT_LE(t.value, low + span);
        }
        if (found.size() < 2) continue;
        const double step = found[1].value - found[0].value;
        const double mantissa = step / std::pow(10.0, std::floor(std::log10(step) + 1e-6));
        EXPECT_TRUE(std::abs(mantissa - 1) < 1e-2 || std::abs(mantissa - 2) < 1e-2 || std::abs(mantissa - 5) < 2e-2) << step;
        std::set<std::string> labels;
        for (const Tick& t : found) labels.insert(t.label);
        EXPECT_EQ(labels.size(), found.size()) << found[0].label;
      }
    }
  }
}

TEST(Ticks, LabelsReadBackAsTheirNumbers) {
  EXPECT_EQ(tick_label(-1.5, 0.5), "−1.5");
  EXPECT_EQ(tick_label(0.1 + 0.2 - 0.3, 0.1), "0");
  EXPECT_EQ(tick_label(2, 0.5), "2.0");
  EXPECT_EQ(tick_label(2e6, 1e6), "2·10⁶");
  EXPECT_EQ(tick_label(1e-5, 1e-5), "10⁻⁵");
  EXPECT_EQ(tick_label(-1e-12, 1e-12), "−10⁻¹²");
  for (const double value : {-2.5e7, 5e-6, 0.25, 31.0, -400000.0, 1.25e10}) {
    EXPECT_NEAR(number_of(tick_label(value, std::abs(value) / 100)), value, 1e-6 * std::abs(value));
  }
}

TEST(Ticks, OfALogarithmicAxisArePowersOfTenWhereThereAreEnough) {
  for (const auto& [low, high] : {std::pair{1e-3, 1e3}, {0.02, 40.0}, {1e-12, 1e12}}) {
    const std::vector<Tick> found = ticks({{low, high}, true}, 6);
    ASSERT_GE(found.size(), 3u);
    EXPECT_LE(found.size(), 7u);
    for (const Tick& t : found) {
      EXPECT_NEAR(std::log10(t.value), std::round(std::log10(t.value)), 1e-12);
      EXPECT_TRUE(t.value >= low && t.value <= high);
    }
  }
  for (const auto& [low, high] : {std::pair{1.0, 3.0}, {0.4, 15.0}, {7.0, 7.5}}) {
    const std::vector<Tick> found = ticks({{low, high}, true}, 6);
    EXPECT_GE(found.size(), 2u) << low;
    for (const Tick& t : found) EXPECT_TRUE(t.value >= low && t.value <= high) << t.label;
  }
}

TEST(Ticks, OfWholeNumbersAreWhole) {
  for (const double high : {2.0, 3.0, 10.0, 57.0}) {
    for (const Tick& t : ticks({{1, high}, false, true}, 8)) EXPECT_EQ(t.value, std::floor(t.value)) << high;
  }
}

TEST(Scale, APoleDoesNotFlattenTheRest) {
  std::vector<double> y;
  for (int i = 1; i <= 100; ++i) y.push_back(1 / std::pow(i / 100.0, 2));
  EXPECT_EQ(visible(y).high, 1e4);
  EXPECT_LT(visible(y, 0.1).high, 250);
  EXPECT_EQ(visible(y, 0.1).low, 0);
  y = {inf, none, 3, 4};
  EXPECT_EQ(visible(y).low, 3);
  EXPECT_EQ(visible(y).high, 4);
  EXPECT_LT(visible({none}).low, visible({none}).high);
  EXPECT_LT(visible({-2, -2}).low, visible({-2, -2}).high);
}

TEST(Strokes, BreakAtHolesAndEndAtTheBorder) {
  const Scale x = {{0, 10}}, y = {{-1, 1}};
  const Series jump = {"", {0, 5, 5, 5, 10}, {-0.5, -0.5, none, 0.5, 0.5}};
  ASSERT_EQ(strokes(jump, x, y).size(), 2u);
  EXPECT_EQ(strokes({"", {0, 5, 10}, {0, inf, 0}}, x, y).size(), 2u);  // two dots
  const Series dot = {"", {0, 4, 4, 5, 5, 6, 10}, {-0.5, -0.5, none, 0, none, 0.5, 0.5}};
  ASSERT_EQ(strokes(dot, x, y).size(), 3u);
  EXPECT_EQ(strokes(dot, x, y)[1].size(), 1u);

  const Series steep = {"", {0, 2, 4, 6, 8, 10}, {0, 3, 3, -5, 0, 1}};
  const std::vector<Stroke> parts = strokes(steep, x, y);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_DOUBLE_EQ(parts[0].back().y, 1);
  EXPECT_NEAR(parts[0].back().x, 0.2 / 3, 1e-15);  // y = 1 at a third of the first step
  EXPECT_DOUBLE_EQ(parts[1].front().y, 1);
  EXPECT_DOUBLE_EQ(parts[1].back().y, 0);
  EXPECT_DOUBLE_EQ(parts[2].front().y, 0);
  EXPECT_DOUBLE_EQ(parts[2].back().y, 1);
  for (const Stroke& s : parts) {
    for (const Point& p : s) EXPECT_TRUE(p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1);
  }
  EXPECT_TRUE(strokes({"", {0, 10}, {2, 2}}, x, y).empty());
  EXPECT_TRUE(strokes({"", {0, 10}, {-1, 0}}, x, {{1, 10}, true}).empty());  // nothing positive
  EXPECT_TRUE(strokes({"", {0, 10}, {1, 9}}, x, y).empty());  // leaves where it begins
}

TEST(Strokes, SimplifiedStayNear) {
  Stroke full;
  for (int i = 0; i <= 1000; ++i) full.push_back({i / 1000.0, 0.5 + 0.4 * std::sin(i / 100.0)});
  const Stroke kept = simplified(full, 300, 200, 0.05);
  EXPECT_LT(kept.size(), 150u);
  EXPECT_GT(kept.size(), 10u);
  std::size_t k = 0;
  for (const Point& p : full) {
    while (k + 2 < kept.size() && kept[k + 1].x < p.x) ++k;
    const double part = (p.x - kept[k].x) / (kept[k + 1].x - kept[k].x);
    EXPECT_NEAR(200 * (kept[k].y + part * (kept[k + 1].y - kept[k].y)), 200 * p.y, 0.12);
  }
  const Stroke line = simplified({{0, 0}, {0.3, 0.3}, {1, 1}}, 100, 100, 0.05);
  EXPECT_EQ(line.size(), 2u);
}

}  // namespace
}  // namespace minimand::picture
