// Class weights: one case in twenty is ill. What weights change, and what they do not.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "learn/predict.h"
#include "learn/trainer.h"
#include "page.h"
namespace mm = minimand;

namespace {

// Two measurements of each case, (n, 2), higher on average in the ill (y = 1).
struct Data {
  std::vector<double> x, y;
  mm::matrix<const double> features() const { return {x.data(), static_cast<std::int64_t>(y.size()), 2}; }
};
Data draw(int n, std::uint64_t seed) {
  Random random(seed);
  Data out;
  for (int i = 0; i < n; ++i) {
    const double ill = random.uniform() < 0.05;
    const double shared = 0.6 * random.normal();
    out.x.insert(out.x.end(), {1.5 * ill + shared + 0.8 * random.normal(), 1.5 * ill + shared + 0.8 * random.normal()});
    out.y.push_back(ill);
  }
  return out;
}

struct Quality {
  double recall;     // of the ill, the share that is found
  double precision;  // of those called ill, the share that is
  double right;      // of all
};
Quality judge(const mm::learn::Model& model, const Data& data) {
  const auto labels = mm::learn::predict(model, data.features(), mm::learn::As::label).labels;
  double found = 0, called = 0, ill = 0, right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool is = data.y[i] == 1, said = labels[i] == 1;
    found += is && said, called += said, ill += is, right += is == said;
  }
  return {found / ill, found / called, right / static_cast<double>(labels.size())};
}

}  // namespace

int main(int argc, char** argv) {
  const Data data = draw(4000, 10), unseen = draw(40'000, 11);
  const double ill = static_cast<double>(std::count(data.y.begin(), data.y.end(), 1.0));
  const double balance = (4000 - ill) / ill;  // the weight that makes both classes weigh the same

  const auto learn = [&](double pos_weight, bool balanced) {
    mm::learn::FitOptions options(
        mm::loss("binary_cross_entropy_with_logits:pos_weight=" + std::to_string(pos_weight)));
    options.optimizer = "newton", options.valid = 0, options.balanced = balanced;
    return mm::learn::fit(data.features(), data.y, options);
  };

  mm::picture::Figure figure{"Class weights",
                             "Recall, precision and accuracy over the weight of the rare class; and the cases with the "
                             "borders that two weights draw.", {}};
  figure.panels = {{"share", {.label = "weight of an ill case", .log = true}, {.label = "", .low = 0, .high = 1}, {}},
                   {"second measurement", {.label = "first measurement"}, {.label = "", .low = -3, .high = 4.5}, {}}};
  mm::picture::Series recall{"recall", {}, {}}, precision{"precision", {}, {}}, right{"accuracy", {}, {}};
  for (double w = 0.5; w < 101; w *= 1.2) {
    const Quality q = judge(learn(w, false), unseen);
    for (mm::picture::Series* s : {&recall, &precision, &right}) s->x.push_back(w);
    recall.y.push_back(q.recall), precision.y.push_back(q.precision), right.y.push_back(q.right);
  }
  figure.panels[0].series = {recall, precision, right};

  std::array<mm::learn::Model, 3> models{learn(1, false), learn(balance, false), learn(1, true)};
  constexpr const char* names[] = {"no weights", "pos_weight", "balanced"};
  std::array<mm::learn::Coefficients, 3> found;
  std::array<Quality, 3> quality;
  std::printf("%.0f of 4000 cases are ill; pos_weight = %.2f makes up for it\n\n", ill, balance);
  std::printf("             recall  precision  accuracy        the border\n");
  for (std::size_t k = 0; k < 3; ++k) {
    quality[k] = judge(models[k], unseen);
    found[k] = mm::learn::coefficients(models[k]);
    std::printf("%-11s  %.3f      %.3f     %.3f       %.2f a + %.2f b = %.2f\n", names[k], quality[k].recall,
                quality[k].precision, quality[k].right, found[k].weight[0], found[k].weight[1], -found[k].bias[0]);
  }
  std::array<std::vector<double>, 4> drawn;  // the healthy, the ill
  for (std::size_t i = 0; i < 300; ++i) {
    const std::size_t at = data.y[i] == 1 ? 2 : 0;
    drawn[at].push_back(data.x[2 * i]), drawn[at + 1].push_back(data.x[2 * i + 1]);
  }
  auto& plane = figure.panels[1].series;
  plane = {points(drawn[0], drawn[1], "healthy"), points(drawn[2], drawn[3], "ill")};
  for (const std::size_t k : {0u, 2u}) {
    const auto& [weight, bias] = found[k];
    plane.push_back(curve(names[k], -3, 4.5, [&](double a) { return (-bias[0] - weight[0] * a) / weight[1]; }));
  }

  Page page;
  page.claim(std::abs(found[1].weight[0] - found[2].weight[0]) < 1e-4 &&
                 std::abs(found[1].bias[0] - found[2].bias[0]) < 1e-4,
             "balanced classes are pos_weight = healthy / ill");
  page.claim(quality[2].recall > quality[0].recall + 0.3, "they find many more of the ill");
  page.claim(quality[2].precision < quality[0].precision && quality[2].right < quality[0].right,
             "at the price of false alarms: precision and accuracy fall");
  page.claim(std::abs(found[2].bias[0] - found[0].bias[0] - std::log(balance)) < 0.5,
             "they move the border and hardly turn it: by about log pos_weight");
  return page.end(argc, argv, "class_weights", figure);
}
