// The style sheet: classes for every part of a figure, twice, for light and dark.
#include "picture/theme.h"

namespace minimand::picture {
namespace {

std::string colours(std::size_t looks, const char* Hue::*mode, const std::string& indent) {
  std::string out;
  const auto rule = [&](const std::string& name, const std::string& what, const Hue& hue) {
    out += indent + '.' + name + '{' + what + ':' + hue.*mode + "}\n";
  };
  rule("mm-page", "fill", page);
  rule("mm-ink", "fill", ink);
  rule("mm-quiet", "fill", quiet);
  rule("mm-grid", "stroke", grid);
  rule("mm-axis", "stroke", axis);
  for (std::size_t h = 0; h < std::size(hues) && h < looks; ++h) {
    rule("mm-c" + std::to_string(h), "stroke", hues[h]);
    rule("mm-dot.mm-c" + std::to_string(h), "fill", hues[h]);
  }
  return out;
}

}  // namespace

std::string style_sheet(std::size_t looks) {
  std::string out =
      "\n    .mm-text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,Helvetica,Arial,sans-serif;font-size:12px}\n"
      "    .mm-heading{font-size:15px;font-weight:600}\n"
      "    .mm-title{font-size:13px;font-weight:600}\n"
      "    .mm-grid,.mm-axis{fill:none;stroke-width:1;shape-rendering:crispEdges}\n"
      "    .mm-line{fill:none;stroke-width:1.8;stroke-linejoin:round}\n"
      "    .mm-dot{stroke:none}\n";
  for (std::size_t look = 1, told = 0; look < looks; ++look) {
    const std::size_t d = dash_of(look);
    if (*dashes[d] == 0 || (told >> d & 1) != 0) continue;
    told |= std::size_t{1} << d;
    out += "    .mm-d" + std::to_string(d) + "{stroke-dasharray:" + dashes[d] + "}\n";
  }
  out += colours(looks, &Hue::light, "    ");
  out += "    @media (prefers-color-scheme:dark){\n" + colours(looks, &Hue::dark, "      ") + "    }\n  ";
  return out;
}

}  // namespace minimand::picture
