// minimand compare: several losses over the same residual, margin or probability.
#include <cmath>

#include "cli/command.h"
#include "cli/figures.h"
#include "cli/options.h"
#include "cli/text.h"
#include "io/json.h"
#include "picture/scale.h"

namespace minimand::cli {
namespace {

constexpr std::size_t table_rows = 9;

// The values at the numbers that are marked on the axis.
std::string table_of(const std::vector<Loss>& chosen, const Course& course) {
  std::vector<double> x;
  for (const picture::Tick& t : picture::ticks({{course.low, course.high}}, table_rows)) {
    const bool at_open_end = (course.low_open && t.value <= course.low) || (course.high_open && t.value >= course.high);
    if (!at_open_end) x.push_back(t.value);
  }
  std::vector<std::pair<std::string, Table::Side>> heads = {{course.over.substr(0, course.over.find(':')), Table::Side::right}};
  std::vector<std::vector<std::string>> columns = {{}};
  for (const double place : x) columns[0].push_back(seven_digits(place));
  for (const Loss& l : chosen) {
    heads.emplace_back(l.text(), Table::Side::right);
    columns.push_back(seven_digits(points_at(l, x).value));
  }
  Table table(heads);
  for (std::size_t r = 0; r < x.size(); ++r) {
    std::vector<std::string> row;
    for (const auto& column : columns) row.push_back(column[r]);
    table.add(row);
  }
  return table.text();
}

io::Json json_of(const std::vector<Loss>& chosen, const Course& course) {
  const std::vector<double> x = even_places(course, json_places);
  io::Json rows = io::Json::array();
  for (const Loss& l : chosen) {
    const Points p = points_at(l, x);
    rows.push_back({{"loss", l.text()}, {"value", p.value}, {"gradient", p.gradient}, {"curvature", p.curvature}});
  }
  return {{"over", course.over}, {"x", x}, {"losses", rows}};
}

}  // namespace

Command compare_command(Arguments& parent) {
  Arguments app = parent.subcommand("compare", "Draws several losses over the same residual, margin or probability.");
  app.examples(
      "minimand compare squared_error,huber:delta=1.5,absolute_error\n"
      "minimand compare hinge,squared_hinge,focal --svg margins.svg\n"
      "minimand compare huber,log_cosh --format json");
  auto text = std::make_shared<std::string>(), svg = std::make_shared<std::string>();
  app.option("losses", *text, "the losses, by commas");
  app.option("--svg", *svg, "writes values, gradients and second derivatives as a picture, and nothing else")
      .value("FILE");
  const FormatOption format(app, "text");
  return {app, [=] {
    app.need("losses");
    const std::vector<Loss> chosen = losses(*text);
    if (app.given("--svg")) {
      if (app.given("--format")) throw error(error_code::PAR005, "--svg and --format do not combine");
      Picture(*svg).draw(compare_figure(chosen));
      return 0;
    }
    const Course course = common_course(chosen);
    if (format.value() == Format::json) {
      print(json_of(chosen, course).line() + '\n');
    } else {
      Picture().draw(compare_figure(chosen));
      print('\n' + table_of(chosen, course));
    }
    return 0;
  }};
}

}  // namespace minimand::cli
