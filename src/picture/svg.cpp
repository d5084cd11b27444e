// The layout of a figure, and its elements.
#include "picture/svg.h"

#include <algorithm>
#include <cmath>

#include "picture/scale.h"
#include "picture/strokes.h"
#include "picture/text.h"
#include "picture/theme.h"
#include "picture/xml.h"

namespace minimand::picture {
namespace {

// All lengths in pixels.
constexpr double margin = 16, between = 26, line_height = 20, title_height = 26, tick_height = 19, label_height = 19;
constexpr double sample = 28, dot_sample = 8, sample_gap = 7, legend_gap = 22;
constexpr double tick_gap = 8, dot_radius = 2.4, tolerance = 0.05;
constexpr std::size_t panels_in_a_row = 3;

// About the width of a text of 12 px: nobody knows the reader's font, and gaps are wide enough for a wide one.
double text_width(std::string_view text) {
  double out = 0;
  for (std::size_t i = 0; i < text.size(); i += length_of(static_cast<unsigned char>(text[i]))) {
    const char c = text[i];
    const bool narrow = std::string_view("ijl.,:;|!'()[]tfr ").find(c) != std::string_view::npos;
    const bool wide = (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w';
    out += narrow ? 0.32 : wide ? 0.8 : 0.58;
  }
  return 12 * out;
}

// The middle of a pixel: a line of one pixel fills it.
double sharp(double place) { return std::floor(place) + 0.5; }

struct LegendItem {
  std::string name;
  bool dots;  // its curves are single points
  double x, y;
  double sample_width() const { return dots ? dot_sample : sample; }
};

struct Layout {
  std::size_t columns = 1, rows = 1;
  double plot_width = 0, plot_height = 0;
  std::vector<double> gutter;  // [columns], room for the numbers of the y axis
  double heading = 0, legend = 0;  // heights
  double width = 0, height = 0;    // of the figure
  double legend_left = 0;
  std::vector<LegendItem> legend_items;
  std::vector<Scale> x, y;                          // [panels]
  std::vector<std::vector<Tick>> x_ticks, y_ticks;  // [panels]

  double left(std::size_t panel) const {
    double out = margin;
    for (std::size_t c = 0; c <= panel % columns; ++c) out += gutter[c] + (c > 0 ? plot_width + between : 0);
    return out;
  }
  double row_height() const { return title_height + plot_height + tick_height + label_height; }
  double top(std::size_t panel) const {
    return margin + heading + legend + title_height + static_cast<double>(panel / columns) * (row_height() + between / 2);
  }
};

bool only_dots(const Figure& figure, const std::string& name) {
  for (const Panel& panel : figure.panels) {
    for (const Series& s : panel.series) {
      for (std::size_t i = 1; s.name == name && i < s.y.size(); ++i) {
        if (std::isfinite(s.y[i - 1]) && std::isfinite(s.y[i])) return false;
      }
    }
  }
  return true;
}

// Items in lines as wide as the figure, from its width, heading and left edge.
std::vector<LegendItem> place_legend(const Figure& figure, const Layout& at) {
  std::vector<LegendItem> out;
  double x = at.legend_left, y = margin + at.heading;
  for (const std::string& name : legend(figure)) {
    LegendItem item = {name, only_dots(figure, name), x, y};
    const double width = item.sample_width() + sample_gap + text_width(name);
    if (x > at.legend_left && x + width > at.width - margin) x = at.legend_left, y += line_height;
    item.x = x, item.y = y + line_height / 2;
    out.push_back(item);
    x += width + legend_gap;
  }
  return out;
}

Layout lay_out(const Figure& figure) {
  Layout out;
  const std::size_t panels = figure.panels.size();
  out.columns = std::clamp<std::size_t>(panels, 1, panels_in_a_row);
  out.rows = (panels + out.columns - 1) / out.columns;
  out.plot_width = out.columns == 1 ? 540 : out.columns == 2 ? 350 : 246;
  out.plot_height = out.columns == 1 ? 300 : out.columns == 2 ? 250 : 215;
  out.gutter.assign(out.columns, 0);
  for (std::size_t p = 0; p < panels; ++p) {
    const Panel& panel = figure.panels[p];
    out.x.push_back(x_scale(panel));
    out.y.push_back(y_scale(panel));
    out.x_ticks.push_back(fitting_ticks(out.x[p], 8, out.plot_width, 16, text_width));
    out.y_ticks.push_back(ticks(out.y[p], out.columns == 1 ? 7 : 6));
    for (const Tick& t : out.y_ticks[p]) {
      double& gutter = out.gutter[p % out.columns];
      gutter = std::max(gutter, std::ceil(text_width(t.label) + tick_gap));
    }
  }
  out.width = out.left(out.columns - 1) + out.plot_width + margin + 8;
  out.legend_left = margin + out.gutter[0];
  out.heading = figure.heading ? 28 : 0;
  out.legend_items = place_legend(figure, out);
  if (!out.legend_items.empty()) out.legend = out.legend_items.back().y + line_height / 2 - margin - out.heading + 8;
  out.height = out.top(panels == 0 ? 0 : panels - 1) + out.row_height() - title_height + margin;
  return out;
}

class Writer {
 public:
  explicit Writer(const Figure& figure) : figure_(figure), at_(lay_out(figure)) {}

  std::string write() {
    xml_.open("svg").set("xmlns", "http://www.w3.org/2000/svg");
    xml_.set("viewBox", "0 0 " + pixels(at_.width) + ' ' + pixels(at_.height));
    xml_.set("width", at_.width).set("height", at_.height).set("role", "img").set("aria-labelledby", "title description");
    xml_.open("title").set("id", "title").text(figure_.title).close();
    xml_.open("desc").set("id", "description").text(figure_.description).close();
    xml_.open("style").text(style_sheet(looks(figure_))).close();
    xml_.open("rect").set("class", "mm-page").set("width", at_.width).set("height", at_.height).set("rx", 6.0).close();
    if (figure_.heading) text("mm-heading mm-ink", at_.legend_left, margin + 13, figure_.title);
    draw_legend();
    for (std::size_t p = 0; p < figure_.panels.size(); ++p) draw(p);
    return xml_.close().str();
  }

 private:
  void text(const std::string& look, double x, double y, const std::string& content, const char* anchor = "start") {
    xml_.open("text").set("class", "mm-text " + look).set("x", x).set("y", y);
    if (std::string_view(anchor) != "start") xml_.set("text-anchor", anchor);
    xml_.text(content).close();
  }

  void line(const char* look, double x1, double y1, double x2, double y2) {
    xml_.open("line").set("class", look).set("x1", x1).set("y1", y1).set("x2", x2).set("y2", y2).close();
  }

  static std::string line_class(std::size_t look) {
    const std::size_t d = dash_of(look);
    return "mm-line mm-c" + std::to_string(hue_of(look)) + (d > 0 ? " mm-d" + std::to_string(d) : "");
  }
  static std::string dot_class(std::size_t look) { return "mm-dot mm-c" + std::to_string(hue_of(look)); }

  void dot(std::size_t look, double x, double y) {
    xml_.open("circle").set("class", dot_class(look)).set("cx", x).set("cy", y).set("r", dot_radius).close();
  }

  void draw_legend() {
    if (at_.legend_items.empty()) return;
    xml_.open("g").set("class", "mm-legend");
    for (const LegendItem& item : at_.legend_items) {
      const std::size_t seen = look(figure_, item.name);
      if (item.dots) dot(seen, item.x + dot_sample / 2, item.y);
      else line(line_class(seen).c_str(), item.x, item.y, item.x + sample, item.y);
      text("mm-ink", item.x + item.sample_width() + sample_gap, item.y + 4, item.name);
    }
    xml_.close();
  }

  void draw(std::size_t p) {
    const Panel& panel = figure_.panels[p];
    const double width = at_.plot_width, height = at_.plot_height;
    xml_.open("g").set("class", "mm-panel").set("transform", "translate(" + pixels(at_.left(p)) + ' ' + pixels(at_.top(p)) + ')');
    text("mm-title mm-ink", 0, -10, panel.title);
    const Scale &x = at_.x[p], &y = at_.y[p];
    for (const Tick& t : at_.x_ticks[p]) {
      const double place = sharp(width * x.place(t.value));
      line("mm-grid", place, 0, place, height);
    }
    for (const Tick& t : at_.y_ticks[p]) {
      const double place = sharp(height * (1 - y.place(t.value)));
      line("mm-grid", 0, place, width, place);
    }
    if (!x.log && x.range.low < 0 && x.range.high > 0) {
      const double zero = sharp(width * x.place(0));
      line("mm-axis", zero, 0, zero, height);
    }
    if (!y.log && y.range.low < 0 && y.range.high > 0) {
      const double zero = sharp(height * (1 - y.place(0)));
      line("mm-axis", 0, zero, width, zero);
    }
    xml_.open("g").set("class", "mm-x");
    for (const Tick& t : at_.x_ticks[p]) text("mm-quiet", width * x.place(t.value), height + 17, t.label, "middle");
    xml_.close();
    xml_.open("g").set("class", "mm-y");
    for (const Tick& t : at_.y_ticks[p]) text("mm-quiet", -tick_gap, height * (1 - y.place(t.value)) + 4, t.label, "end");
    xml_.close();
    text("mm-quiet", width / 2, height + tick_height + 16, panel.x.label, "middle");
    // Solid lines lie below the others, whose gaps show them where they coincide.
    for (const bool solid : {true, false}) {
      for (const Series& s : panel.series) {
        if ((dash_of(look(figure_, s.name)) == 0) == solid) draw(s, x, y);
      }
    }
    xml_.close();
  }

  void draw(const Series& s, const Scale& x, const Scale& y) {
    const std::size_t seen = look(figure_, s.name);
    xml_.open("g").set("class", "mm-series");
    if (!s.name.empty()) xml_.open("title").text(s.name).close();
    for (const Stroke& stroke : strokes(s, x, y)) {
      const Stroke kept = simplified(stroke, at_.plot_width, at_.plot_height, tolerance);
      if (kept.size() == 1) {
        dot(seen, at_.plot_width * kept[0].x, at_.plot_height * (1 - kept[0].y));
        continue;
      }
      std::string points;
      for (const Point& q : kept) {
        points += (points.empty() ? "" : " ") + pixels(at_.plot_width * q.x) + ',' + pixels(at_.plot_height * (1 - q.y));
      }
      xml_.open("polyline").set("class", line_class(seen)).set("points", points).close();
    }
    xml_.close();
  }

  const Figure& figure_;
  const Layout at_;
  Xml xml_;
};

}  // namespace

std::string svg(const Figure& figure) { return Writer(figure).write(); }

}  // namespace minimand::picture
