// Figures from curves, and where they are put.
#include "cli/figures.h"

#include <algorithm>
#include <cmath>

#include "api/about.h"
#include "api/escape.h"
#include "cli/process.h"
#include "cli/text.h"
#include "cli/words.h"
#include "picture/braille.h"
#include "picture/svg.h"

namespace minimand::cli {
namespace {

constexpr std::size_t most_losses = 12;  // in one picture
constexpr double log_from = 30;          // a training loss that falls by more has a logarithmic axis
constexpr picture::BrailleSize history_size = {64, 10, 1};

picture::Axis along(const Course& course) {
  std::string label = course.over;
  if (const auto at = label.find(" - "); at != std::string::npos) label.replace(at, 3, " − ");
  return {label, false, false, course.low, course.high};
}

std::vector<picture::Panel> panels(const std::vector<Loss>& losses, const Course& course) {
  const Visible seen = visible(losses, course);
  const auto panel = [&](const char* title, const picture::Range& y) {
    return picture::Panel{title, along(course), {"", false, false, y.low, y.high}, {}};
  };
  std::vector<picture::Panel> out = {panel("value", seen.value), panel("gradient", seen.gradient),
                                     panel("second derivative", seen.curvature)};
  for (const Loss& l : losses) {
    Curves curves = curves_of(l, course, seen);
    out[0].series.push_back(std::move(curves.value));
    out[1].series.push_back(std::move(curves.gradient));
    out[2].series.push_back(std::move(curves.curvature));
  }
  return out;
}

std::string names_of(const std::vector<Loss>& losses) {
  std::vector<std::string> names;
  for (const Loss& l : losses) names.push_back(l.text());
  return enumerated(names, "and");
}

}  // namespace

picture::Figure explain_figure(const Loss& loss) {
  const Course course = course_of(loss);
  picture::Figure out = {
      full_text(loss),
      std::string(facts_of(loss.entry()).summary) + " Value, gradient and second derivative over the " + course.over + '.',
      panels({loss}, course)};
  for (picture::Panel& p : out.panels) p.series[0].name = "";
  return out;
}

picture::Figure explain_figure_narrow(const Loss& loss, bool curvature) {
  picture::Figure out = explain_figure(loss);
  if (curvature) {
    out.panels[2].series[0].name = "curvature";
    // The gradient stays readable where the second derivative is much larger.
    picture::Axis& y = out.panels[1].y;
    const double most = std::max(std::abs(y.low), std::abs(y.high));
    y.low = std::min(y.low, std::max(out.panels[2].y.low, -most));
    y.high = std::max(y.high, std::min(out.panels[2].y.high, most));
    out.panels[1].series.push_back(out.panels[2].series[0]);
    out.panels[1].title = "gradient, curvature (dotted)";
  }
  out.panels.pop_back();
  return out;
}

picture::Figure compare_figure(const std::vector<Loss>& losses) {
  if (losses.size() > most_losses) {
    throw error(error_code::PAR005, std::to_string(losses.size()) + " losses cannot be told apart in one picture; at most " +
                                        std::to_string(most_losses));
  }
  const Course course = common_course(losses);
  return {names_of(losses),
          "Value, gradient and second derivative of " + names_of(losses) + " over the " + course.over + '.',
          panels(losses, course), losses.size() == 1};
}

picture::Figure history_figure(const std::vector<learn::EpochResult>& history, const std::string& loss) {
  picture::Series train = {"train", {}, {}}, valid = {"valid", {}, {}};
  for (const learn::EpochResult& e : history) {
    train.x.push_back(static_cast<double>(e.epoch));
    train.y.push_back(e.train_loss);
    if (std::isnan(e.valid_loss)) continue;
    valid.x.push_back(static_cast<double>(e.epoch));
    valid.y.push_back(e.valid_loss);
  }
  std::vector<picture::Series> series = {train};
  if (!valid.x.empty()) series.push_back(valid);
  std::vector<double> all = train.y;
  all.insert(all.end(), valid.y.begin(), valid.y.end());
  std::erase_if(all, [](double y) { return !std::isfinite(y); });
  const picture::Axis over = {"epoch", false, true};
  picture::Axis losses;
  if (!all.empty()) {
    const auto [low, high] = std::minmax_element(all.begin(), all.end());
    losses.log = *low > 0 && *high > log_from * *low;
  }
  const picture::Series judged = series.back();
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < judged.y.size(); ++i) {
    if (std::isfinite(judged.y[i]) && (!best || judged.y[i] < judged.y[*best])) best = i;
  }
  if (best) {
    const double epoch = judged.x[*best], least = judged.y[*best];
    const std::string at = std::to_string(static_cast<std::int64_t>(epoch));
    series.push_back({"best " + rounded(least, 4) + " at " + at, {epoch}, {least}});
  }
  return {loss + " over the epochs",
          "The mean of " + loss + " after each epoch, of the rows trained on" +
              (valid.x.empty() ? "." : " and of the rows kept to measure."),
          {{losses.log ? "mean loss, logarithmic" : "mean loss", over, losses, series}}};
}

std::unique_ptr<Picture> history_picture(const std::optional<std::string>& plot) {
  if (!plot) return nullptr;
  return plot->empty() ? std::make_unique<Picture>() : std::make_unique<Picture>(*plot);
}

void Picture::draw(const picture::Figure& figure) {
  if (!file_) {
    picture::BrailleSize size = figure.panels.size() == 1 ? history_size : picture::BrailleSize{};
    size.colour = colours();
    return print(picture::braille(figure, size));
  }
  const std::string text = picture::svg(figure);
  file_->write(text.data(), text.size());
  file_->commit();
  note("wrote " + escaped(path_));
}

}  // namespace minimand::cli
