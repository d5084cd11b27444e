// The two writers of a figure and their colours: what is in the picture, not its bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <clocale>
#include <cmath>
#include <limits>
#include <locale>
#include <set>
#include <sstream>

#include "picture/braille.h"
#include "picture/scale.h"
#include "picture/svg.h"
#include "picture/theme.h"
#include "picture/xml.h"
#include "xml.h"

namespace minimand::picture {
namespace {

using test::Element;
using test::XmlReader;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

Figure example() {
  Series first = {"a<b & \"c\"", {}, {}}, second = {"second", {}, {}};
  for (int i = 0; i <= 60; ++i) {
    const double x = (i - 30) / 10.0;
    first.x.push_back(x), first.y.push_back(x * x);
    second.x.push_back(x), second.y.push_back(i == 30 ? none : x < 0 ? -1.0 : 1.0);
  }
  Figure out = {"two <curves>", "A parabola and a step.", {}};
  out.panels = {{"left", {"x"}, {}, {first, second}}, {"right", {"x"}, {}, {second}}};
  return out;
}

TEST(Svg, HoldsWhatTheFigureSays) {
  const Figure figure = example();
  const Element root = XmlReader(svg(figure)).document();
  EXPECT_EQ(root.attributes.at("role"), "img");
  EXPECT_EQ(root.attributes.at("aria-labelledby"), "title description");
  EXPECT_EQ(root.children[0].text, figure.title);
  EXPECT_EQ(root.children[0].attributes.at("id"), "title");
  EXPECT_EQ(root.children[1].text, figure.description);
  ASSERT_EQ(root.all("g", "mm-panel").size(), 2u);
  ASSERT_EQ(root.all("g", "mm-legend").size(), 1u);
  std::vector<std::string> names;
  for (const Element* e : root.all("g", "mm-legend")[0]->all("text")) names.push_back(e->text);
  EXPECT_EQ(names, (std::vector<std::string>{"a<b & \"c\"", "second"}));
  EXPECT_EQ(root.all("polyline").size(), 5u);  // the parabola, and the step in two parts twice
  // A name looks the same in both panels and in the legend.
  const auto look_of = [](const Element* e) { return e->all("polyline")[0]->attributes.at("class"); };
  const auto series = root.all("g", "mm-series");
  ASSERT_EQ(series.size(), 3u);
  EXPECT_EQ(look_of(series[1]), look_of(series[2]));
  EXPECT_NE(look_of(series[0]), look_of(series[1]));
  EXPECT_EQ(root.all("g", "mm-legend")[0]->all("line")[1]->attributes.at("class"), look_of(series[1]));
}

TEST(Svg, ShowsPointsAsPointsInTheLegendToo) {
  const Series cloud = {"cloud", {1, 1, 2, 2, 3}, {4, none, 5, none, 6}}, line = {"line", {1, 3}, {4, 6}};
  const Element root = XmlReader(svg({"points", "", {{"y", {"x"}, {}, {cloud, line}}}})).document();
  EXPECT_EQ(root.all("g", "mm-legend")[0]->all("circle").size(), 1u);
  EXPECT_EQ(root.all("g", "mm-legend")[0]->all("line").size(), 1u);
  EXPECT_EQ(root.all("circle").size(), 4u);
}

TEST(Svg, KeepsEverythingInItsPlace) {
  for (const std::size_t panels : {1u, 2u, 3u, 5u}) {
    Figure figure = example();
    figure.panels.resize(panels, figure.panels[0]);
    const Element root = XmlReader(svg(figure)).document();
    const double width = root.number("width"), height = root.number("height");
    double last_left = -1, last_top = -1;
    for (const Element* panel : root.all("g", "mm-panel")) {
      double left = 0, top = 0;
      ASSERT_EQ(std::sscanf(panel->attributes.at("transform").c_str(), "translate(%lf %lf)", &left, &top), 2);
      EXPECT_TRUE(left > last_left || top > last_top);
      last_left = left, last_top = top;
      double plot_width = 0, plot_height = 0;
      for (const Element* e : panel->all("line", "mm-grid")) {
        plot_width = std::max(plot_width, e->number("x2"));
        plot_height = std::max(plot_height, e->number("y2"));
      }
      EXPECT_LE(left + plot_width, width);
      EXPECT_LT(top + plot_height, height);
      for (const Element* e : panel->all("polyline")) {
        std::istringstream points(e->attributes.at("points"));
        char comma = 0;
        int count = 0;
        for (double x, y; points >> x >> comma >> y; ++count) {
          EXPECT_TRUE(x >= 0 && x <= plot_width + 1 && y >= 0 && y <= plot_height + 1) << x << ' ' << y;
        }
        EXPECT_GE(count, 2);
      }
      for (const char* axis : {"mm-x", "mm-y"}) {
        const auto labels = panel->all("g", axis)[0]->all("text");
        EXPECT_GE(labels.size(), 3u);
        EXPECT_LE(labels.size(), 9u);
        const std::string along = axis == std::string("mm-x") ? "x" : "y";
        const double most = along == "x" ? plot_width : plot_height;
        for (const Element* e : labels) EXPECT_TRUE(e->number(along) >= 0 && e->number(along) <= most + 5);
        for (std::size_t i = 1; i < labels.size(); ++i) {
          EXPECT_GE(std::abs(labels[i]->number(along) - labels[i - 1]->number(along)), along == "x" ? 24 : 14);
        }
      }
    }
  }
}

struct DecimalComma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

TEST(Svg, IsTheSameUnderEveryLocale) {
  const std::string before = svg(example()) + braille(example());
  const std::locale old = std::locale::global(std::locale(std::locale(), new DecimalComma));
  std::setlocale(LC_ALL, "de_DE.UTF-8");  // of C, where it is installed
  const std::string after = svg(example()) + braille(example());
  std::setlocale(LC_ALL, "C");
  std::locale::global(old);
  EXPECT_EQ(before, after);
}

TEST(Svg, EscapesWhatXmlForbids) {
  EXPECT_EQ(escape_xml("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
  EXPECT_EQ(escape_xml("tau=½ ≤ 1 𝜏"), "tau=½ ≤ 1 𝜏");
  const std::string bad = "\xEF\xBF\xBD";
  for (const char* one : {"\x01", "\x1b", "\xFF", "\x80", "\xC0"}) EXPECT_EQ(escape_xml(one), bad);
  EXPECT_EQ(escape_xml(std::string_view("\0", 1)), bad);
  EXPECT_EQ(escape_xml("\xC3"), bad);                          // cut short
  EXPECT_EQ(escape_xml("\xC3<"), bad + "&lt;");                // and not swallowing what follows
  EXPECT_EQ(escape_xml("\xED\xA0\x80"), bad + bad + bad);      // a surrogate
  EXPECT_EQ(escape_xml("\xEF\xBF\xBF"), bad + bad + bad);      // U+FFFF
  EXPECT_EQ(escape_xml("\xE0\x80\xBC"), bad + bad + bad);      // an overlong <
  EXPECT_EQ(escape_xml("\xF4\x90\x80\x80"), bad + bad + bad + bad);
}

// WCAG 2.2, relative luminance and contrast ratio.
double luminance(const std::string& colour) {
  double out = 0;
  for (const auto& [at, share] : {std::pair{1, 0.2126}, {3, 0.7152}, {5, 0.0722}}) {
    const double c = std::stoi(colour.substr(static_cast<std::size_t>(at), 2), nullptr, 16) / 255.0;
    out += share * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return out;
}
double contrast(const std::string& a, const std::string& b) {
  const double high = std::max(luminance(a), luminance(b)), low = std::min(luminance(a), luminance(b));
  return (high + 0.05) / (low + 0.05);
}

TEST(Theme, CurvesWeighTheSame) {
  for (const auto mode : {&Hue::light, &Hue::dark}) {
    std::vector<double> ratios;
    for (const Hue& h : hues) ratios.push_back(contrast(h.*mode, page.*mode));
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    EXPECT_GE(*least, 4.5);  // also of text
    EXPECT_LE(*most / *least, 1.1);
    EXPECT_GE(contrast(ink.*mode, page.*mode), 12);
    EXPECT_GE(contrast(quiet.*mode, page.*mode), 4.5);
    EXPECT_LE(contrast(grid.*mode, page.*mode), 1.5);
  }
}

TEST(Theme, LooksDifferAndEveryClassHasItsColours) {
  std::set<std::pair<std::size_t, std::size_t>> looks;
  for (std::size_t look = 0; look < 12; ++look) looks.emplace(hue_of(look), dash_of(look));
  EXPECT_EQ(looks.size(), 12u);
  const std::string css = style_sheet(12);
  const std::size_t dark = css.find("@media (prefers-color-scheme:dark)");
  ASSERT_NE(dark, std::string::npos);
  for (const char* name : {".mm-page{", ".mm-ink{", ".mm-quiet{", ".mm-grid{", ".mm-axis{", ".mm-c0{", ".mm-c6{", ".mm-dot.mm-c6{"}) {
    EXPECT_LT(css.find(name), dark) << name;
    EXPECT_NE(css.find(name, dark), std::string::npos) << name;
  }
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

TEST(Braille, DrawsTheSameFigure) {
  const Figure figure = example();
  std::istringstream lines(braille(figure, {30, 8, 2}));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 8 + 3 + 1u);
  EXPECT_NE(all[0].find("left"), std::string::npos);
  EXPECT_NE(all[0].find("right"), std::string::npos);
  EXPECT_NE(all.back().find("a<b & \"c\""), std::string::npos);
  EXPECT_NE(all.back().find("second"), std::string::npos);
  for (const std::string& line : all) {
    EXPECT_LE(characters(line), 2 + 2 * (30 + 8u)) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ');
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
  const std::string coloured = braille(figure, {30, 8, 2, true});
  EXPECT_NE(coloured.find("\x1b["), std::string::npos);
  std::string plain = coloured;
  for (std::size_t at; (at = plain.find('\x1b')) != std::string::npos;) plain.erase(at, plain.find('m', at) + 1 - at);
  EXPECT_EQ(plain, braille(figure, {30, 8, 2}));
}

TEST(Writers, ServeNumbersOfEverySize) {
  const double sizes[] = {0, 5e-324, 1e-310, 1e-200, 1e-9, 1, 1 + 1e-15, 1e12, 1e12 + 1e-3, 1e200, 1.7e308};
  for (const double a : sizes) {
    for (const double b : sizes) {
      for (const double sign : {-1.0, 1.0}) {
        for (const bool log : {false, true}) {
          if (sign * a > b) continue;
          Figure figure = {"sizes", "", {{"y", {"x", log}, {"y", log}, {{"s", {sign * a, b}, {b, sign * a}}}}}};
          SCOPED_TRACE(std::to_string(sign * a) + ' ' + std::to_string(b));
          const Element root = XmlReader(svg(figure)).document();
          EXPECT_LT(root.number("width"), 2000);
          EXPECT_EQ(svg(figure).find("nan"), std::string::npos);
          EXPECT_EQ(svg(figure).find("inf"), std::string::npos);
          EXPECT_FALSE(braille(figure).empty());
          for (const Scale& s : {x_scale(figure.panels[0]), y_scale(figure.panels[0])}) {
            EXPECT_LT(s.range.low, s.range.high);
            for (const Tick& t : ticks(s, 6)) EXPECT_TRUE(t.value >= s.range.low && t.value <= s.range.high);
          }
        }
      }
    }
  }
}

TEST(Writers, ServeFiguresWithNothingToShow) {
  for (const Figure& figure : {Figure{"empty", "", {}}, Figure{"bare", "", {Panel{"p", {}, {}, {}}}},
                               Figure{"holes", "", {Panel{"p", {"", true}, {"", true}, {{"s", {1, 2}, {none, -1}}}}}},
                               Figure{"one", "", {Panel{"p", {}, {}, {{"s", {3}, {7}}}}}}}) {
    const Element root = XmlReader(svg(figure)).document();
    EXPECT_EQ(root.all("circle").size(), figure.title == "one" ? 1u : 0u);
    EXPECT_EQ(root.all("polyline").size(), 0u);
    const std::string drawn = braille(figure);
    EXPECT_EQ(drawn.find("\xE2\xA0") != std::string::npos || drawn.find("\xE2\xA1") != std::string::npos ||
              drawn.find("\xE2\xA2") != std::string::npos, figure.title == "one") << drawn;
  }
}

}  // namespace
}  // namespace minimand::picture
