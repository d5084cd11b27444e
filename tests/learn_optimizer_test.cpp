// Optimisers and schedules against PyTorch, and what else is done to a step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "learn/augment.h"
#include "learn/optimizer.h"
#include "learn/schedule.h"
#include "learn_support.h"
#include <minimand/error.hpp>

namespace minimand::learn {
namespace {

// Recorded from torch 2.13.0+cpu (torch.optim.Adam, AdamW, SGD, Adagrad, RMSprop) in float64: w starts at (1, -2, 0.5) and
// the gradient of step t is (3, 0.1, -20) w + push[t].
struct Trace {
  const char* text;
  double w[6][3];
};
constexpr double slope[] = {3.0, 0.1, -20.0}, push[] = {0.0, 0.8, 0.9, 0.1, -0.7, -0.9};
constexpr Trace traces[] = {
    {"adam",
     {{0.999, -1.999, 0.501},
      {0.998000733, -1.999494233, 0.5019970636},
      {0.9969984509, -2.000224389, 0.502993112},
      {0.9960044638, -2.000757841, 0.5039921949},
      {0.995035649, -2.000709091, 0.5049956474},
      {0.9940893049, -2.000340631, 0.5060027354}}},
    {"adam:lr=0.1:beta1=0.5:beta2=0.9:epsilon=0.001",
     {{0.9000333222, -1.900497512, 0.599990001},
      {0.7982112632, -1.973700062, 0.7014034975},
      {0.697315258, -2.070612771, 0.8057399077},
      {0.607024838, -2.111989469, 0.9145204971},
      {0.5362091148, -2.05100121, 1.027732776},
      {0.4822443418, -1.951155664, 1.144230411}}},
    {"sgd",
     {{0.97, -1.998, 0.6},
      {0.9329, -2.004002, 0.712},
      {0.895913, -2.010997998, 0.8454},
      {0.86803561, -2.009987, 1.01348},
      {0.8489945417, -2.000977013, 1.223176},
      {0.8325247054, -1.989976036, 1.4768112}}},
    {"sgd:lr=0.05:momentum=0.9",
     {{0.85, -1.99, 1},
      {0.5475, -2.01105, 2.41},
      {0.148125, -2.06493975, 6.044},
      {-0.23853125, -2.108115826, 15.3536},
      {-0.5157421875, -2.101433716, 39.12084},
      {-0.6428707031, -2.039912648, 99.677196}}},
    {"momentum",
     {{0.97, -1.998, 0.6},
      {0.9059, -2.002202, 0.802},
      {0.812033, -2.012981598, 1.1352},
      {0.70219171, -2.021670255, 1.66112},
      {0.5892687977, -2.020468375, 2.473672},
      {0.4789601127, -2.008366216, 3.7087032}}},
    {"momentum:lr=0.05:beta=0.5",
     {{0.85, -1.99, 1.0},
      {0.6075, -2.01505, 2.21},
      {0.350125, -2.06249975, 4.98},
      {0.16391875, -2.080912126, 11.34},
      {0.0812278125, -2.044713754, 25.895},
      {0.07269817187, -1.971390999, 59.1125}}},
    {"nesterov",
     {{0.943, -1.9962, 0.69},
      {0.849749, -2.00598722, 1.018},
      {0.732948407, -2.022680922, 1.56594},
      {0.6151930371, -2.029467549, 2.4771032},
      {0.5081368081, -2.019339938, 3.970780096},
      {0.4102326159, -1.997414862, 6.388907163}}},
    {"nesterov:lr=0.02:beta=0.5",
     {{0.91, -1.994, 0.8},
      {0.7891, -2.011018, 1.306},
      {0.665931, -2.034487946, 2.1636},
      {0.57408571, -2.036130473, 3.63536},
      {0.5184732811, -2.010877833, 6.141736},
      {0.4812270427, -1.97425501, 10.3728936}}},
    {"adagrad",
     {{0.99, -1.99, 0.51},
      {0.9821751387, -1.999488411, 0.5168491001},
      {0.9759359612, -2.006903638, 0.5225149737},
      {0.9715277085, -2.0058431, 0.5277930923},
      {0.9684590133, -1.998961114, 0.5327712247},
      {0.9657816573, -1.992526921, 0.5373219886}}},
    {"adagrad:lr=0.1:epsilon=1e-6",
     {{0.9000000333, -1.9000005, 0.59999999},
      {0.8240743886, -1.995023305, 0.6745937506},
      {0.7650323053, -2.068747698, 0.7388517827},
      {0.7263606379, -2.057570072, 0.7987999748},
      {0.703132317, -1.988798359, 0.8550947881},
      {0.684472853, -1.924733863, 0.9070278671}}},
    {"rmsprop:lr=0.01",
     {{0.9000000033, -1.90000005, 0.599999999},
      {0.8239130484, -1.995069139, 0.6747597574},
      {0.7646016349, -2.068978509, 0.7393009125},
      {0.7256272764, -2.057714979, 0.7996241506},
      {0.7021367474, -1.988492063, 0.8563666112},
      {0.6832004572, -1.923993004, 0.9088073812}}},
    {"rmsprop:lr=0.003:alpha=0.9:epsilon=1e-6",
     {{0.990513177, -1.990513317, 0.50948683},
      {0.9829405136, -1.999559909, 0.5161604387},
      {0.9767603218, -2.00677395, 0.5218240298},
      {0.9722484779, -2.005687531, 0.5272133056},
      {0.9689821074, -1.998727095, 0.5323913278},
      {0.9660206809, -1.992212875, 0.5372173095}}},
    {"adamw",
     {{0.99899, -1.99898, 0.500995},
      {0.9979807428, -1.999454244, 0.5019870531},
      {0.9969684809, -2.000164406, 0.5029780805},
      {0.9959645252, -2.000677862, 0.5039721323},
      {0.9949857548, -2.000609112, 0.5049705434},
      {0.9940294679, -2.000220652, 0.5059725797}}},
    {"adamw:lr=0.1:decay=0.1",
     {{0.8900000003, -1.880000005, 0.5949999999},
      {0.7809851034, -1.911131224, 0.6891857914},
      {0.6731034959, -1.965261929, 0.7826309817},
      {0.5691554749, -1.999469439, 0.8753248014},
      {0.4733904966, -1.975427762, 0.967374551},
      {0.386854902, -1.919556057, 1.058990078}}},
};

TEST(Optimizers, FollowPyTorch) {
  for (const Trace& trace : traces) {
    const Optimizer optimizer(trace.text);
    std::vector<float> w = {1, -2, 0.5}, g(3), buffer[Optimizer::max_states];
    float* state[Optimizer::max_states];
    for (int s = 0; s < optimizer.entry().states; ++s) buffer[s].resize(3), state[s] = buffer[s].data();
    for (int t = 0; t < 6; ++t) {
      for (std::size_t i = 0; i < 3; ++i)
        g[i] = static_cast<float>(slope[i] * static_cast<double>(w[i]) + push[t]);
      optimizer.update(optimizer.step(t + 1), w.data(), g.data(), state, 3);
      for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(w[i], trace.w[t][i], 2e-6 * std::max(1.0, std::abs(trace.w[t][i])))
            << trace.text << " step " << t + 1;
      }
    }
  }
}

TEST(Optimizers, CutsDoNotMatter) {
  const std::int64_t n = 131;
  const std::vector<double> start = normals(n, 13), g0 = normals(n, 14);
  const std::vector<float> g(g0.begin(), g0.end());
  for (const OptimizerEntry& entry : optimizers()) {
    if (entry.method != Method::batches) continue;
    const Optimizer optimizer(entry.name);
    std::vector<std::vector<float>> results;
    for (const std::int64_t cut : {n, std::int64_t{1}, std::int64_t{7}, std::int64_t{16}}) {
      std::vector<float> w(start.begin(), start.end());
      std::vector<std::vector<float>> states(static_cast<std::size_t>(entry.states),
                                             std::vector<float>(w.size()));
      for (int t = 1; t <= 3; ++t) {
        for (std::int64_t i = 0; i < n; i += cut) {
          float* state[Optimizer::max_states];
          for (std::size_t s = 0; s < states.size(); ++s) state[s] = states[s].data() + i;
          optimizer.update(optimizer.step(t), w.data() + i, g.data() + i, state, std::min(cut, n - i), t == 3 ? 0.25 : 0);
        }
      }
      for (const auto& state : states) w.insert(w.end(), state.begin(), state.end());
      results.push_back(w);
    }
    for (const auto& result : results) EXPECT_EQ(result, results[0]) << entry.name;
  }
}

// A step with l1 takes rate * l1 off, and no more than there is. The rate is how far a lasting gradient of 1 would move
// the parameter each time: lr / (1 - beta) with momentum, lr over the root where there is one.
TEST(Optimizers, ProximalStep) {
  for (const OptimizerEntry& entry : optimizers()) {
    if (entry.method != Method::batches || std::string(entry.name) == "adamw") continue;
    const Optimizer optimizer(std::string(entry.name) + ":lr=0.1");
    std::vector<float> w = {1.0f, -1.0f, 0.01f, 0.0f}, g = {2, 2, 2, 2}, free = w;
    std::vector<float> buffers[2][Optimizer::max_states];
    float *state[Optimizer::max_states], *other[Optimizer::max_states];
    for (int s = 0; s < entry.states; ++s) {
      for (int k = 0; k < 2; ++k) buffers[k][s].resize(4);
      state[s] = buffers[0][s].data(), other[s] = buffers[1][s].data();
    }
    optimizer.update(optimizer.step(1), w.data(), g.data(), state, 4, 0.5);
    optimizer.update(optimizer.step(1), free.data(), g.data(), other, 4);
    const std::string name = entry.name;
    const float rate = name == "momentum" || name == "nesterov" ? 1.0f
                       : name == "rmsprop"                      ? 0.5f
                       : name == "sgd"                          ? 0.1f
                                                                : 0.05f;
    for (std::size_t i = 0; i < 4; ++i) {
      const float size = std::max(std::abs(free[i]) - 0.5f * rate, 0.0f);
      EXPECT_NEAR(w[i], std::copysign(size, free[i]), 1e-6) << name << " " << i;
    }
  }
}

// torch 2.13.0+cpu: StepLR(3, 0.5), CosineAnnealingLR(12), the same with eta_min=0.1, and ReduceLROnPlateau(factor=0.5,
// patience=2) with its threshold of 1e-4, over twelve epochs from a rate of 1.
TEST(Schedules, FollowPyTorch) {
  const double watched[] = {1, .9, .95, .91, .92, .8, .8, .8, .8, .79999, .9, .7};
  const struct {
    const char* text;
    double factor[12];
  } traces[] = {
      {"constant", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
      {"step:every=3:factor=0.5", {1, 1, 1, .5, .5, .5, .25, .25, .25, .125, .125, .125}},
      {"cosine",
       {1, 0.9829629131, 0.9330127019, 0.8535533906, 0.75, 0.6294095226, 0.5, 0.3705904774, 0.25, 0.1464466094,
        0.06698729811, 0.01703708686}},
      {"cosine:floor=0.1",
       {1, 0.9846666218, 0.9397114317, 0.8681980515, 0.775, 0.6664685703, 0.55, 0.4335314297, 0.325, 0.2318019485,
        0.1602885683, 0.1153333782}},
      {"plateau:patience=2:factor=0.5", {1, 1, 1, 1, 1, .5, .5, .5, .5, .25, .25, .25}},
  };
  for (const auto& trace : traces) {
    const Schedule schedule(trace.text);
    EXPECT_EQ(schedule.text(), trace.text);
    Schedule::Memory memory;
    for (int epoch = 0; epoch < 12; ++epoch) {
      EXPECT_NEAR(schedule.factor(epoch, 12, 1, memory), trace.factor[epoch], 1e-9) << trace.text << " " << epoch;
      schedule.measured(watched[epoch], memory);
    }
  }
  const Schedule warm("cosine:warmup=0.25");
  EXPECT_LT(warm.factor(0, 100, 10, {}), 0.05);
  EXPECT_EQ(warm.factor(25, 100, 10, {}), 1);
  for (const char* text : {"", "cosin", "step:every=0", "cosine:floor=2", "plateau:factor=1", "constant:every=3"})
    EXPECT_THROW(Schedule unused(text), error) << text;
}

TEST(Augmentations, MoveAndMirror) {
  const Image image{3, 4, 1};
  const Scaling scaling{std::vector<double>(12, 2.0), std::vector<double>(12, 0.5)};  // 0 becomes -1
  const Augment augment("shift:1:flip");
  EXPECT_EQ(augment.text(), "shift:1:flip");
  std::vector<float> start(12), scratch(12);
  for (std::size_t i = 0; i < 12; ++i) start[i] = static_cast<float>(i);
  std::map<std::vector<float>, int> seen;
  for (std::int64_t row = 0; row < 900; ++row) {
    std::vector<float> x = start;
    augment.apply(image, scaling, 3, 1, row, x.data(), scratch.data());
    ++seen[x];
  }
  EXPECT_EQ(seen.size(), 18u);  // 3 x 3 shifts, mirrored or not
  EXPECT_TRUE(seen.contains(start));
  EXPECT_TRUE(seen.contains({3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8}));
  EXPECT_TRUE(seen.contains({-1, -1, -1, -1, -1, 0, 1, 2, -1, 4, 5, 6}));  // down and to the right
  for (const auto& [x, count] : seen) EXPECT_NEAR(count, 50, 35);
  for (const char* text : {"shift", "shift:0", "flip:flip", "shift:1:2", "turn", "shift:1:shift:1", ":", "flip:"})
    EXPECT_THROW(Augment unused(text), error) << text;
}

TEST(Optimizers, TextAndMistakes) {
  EXPECT_EQ(Optimizer("adam").text(), "adam");
  EXPECT_EQ(Optimizer("adam:beta1=0.5:lr=0.01").text(), "adam:lr=0.01:beta1=0.5");
  EXPECT_EQ(Optimizer("sgd:lr=0.01").text(), "sgd");
  EXPECT_EQ(Optimizer("gd").text(), "gd");
  EXPECT_EQ(Optimizer("gd:lr=2").text(), "gd:lr=2");
  EXPECT_EQ(Optimizer("newton:curvature=majorizer").text(), "newton:curvature=majorizer");
  EXPECT_EQ(Optimizer("sgd:momentum=0.9").text_with_rate(0.001), "sgd:lr=0.001:momentum=0.9");
  const auto message = [](const char* text) {
    return test::refusal(error_code::PAR005, [&] { Optimizer unused(text); }, text);
  };
  EXPECT_EQ(message("adma"), "unknown optimiser \"adma\"; did you mean \"adam\"?");
  EXPECT_EQ(message("adam:beta3=1"), "optimiser adam has no option \"beta3\"; did you mean \"beta1\"?");
  EXPECT_EQ(message("adam:lr=0"), "optimiser adam: lr is 0; it must be more than 0");
  EXPECT_EQ(message("sgd:momentum=1"), "optimiser sgd: momentum is 1; it must be 0 or more and less than 1");
  for (const char* text : {"", ":", "adam:", "adam:lr", "adam:lr=", "adam:lr=x", "adam:lr=nan",
                           "adam:lr=1:lr=2", "adam:lr=1e", "adam:lr= 1", "adam:=1", "adam:lr=inf", "lbfgs:lr=1",
                           "newton:curvature=fisher", "lbfgs:memory=0"})
    message(text);
}

}  // namespace
}  // namespace minimand::learn
