// Networks and links: derivatives against central differences in double precision, tiles, dropout, texts of models.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <minimand/catalogue.hpp>
#include <numeric>
#include <vector>

#include "kernels/entry.h"
#include "learn/classes.h"
#include "learn/gemm.h"
#include "learn/link.h"
#include "learn/network.h"
#include "learn_support.h"

namespace minimand::learn {
namespace {

// The objective of the tests of networks: sum of c * output + output^2 / 2.
double objective(const Network& network, const std::vector<double>& parameters, Pass<double>& pass,
                 std::int64_t rows, const std::vector<double>& c, const Dropout& dropout) {
  forward(network, parameters.data(), pass, 0, 3, dropout);
  forward(network, parameters.data(), pass, 3, rows, dropout);
  double sum = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const double z = pass.values.back()[i];
    sum += c[i] * z + z * z / 2;
  }
  return sum;
}

struct Case {
  const char* model;
  Image image;
  double dropout = 0;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.model << " dropout " << c.dropout; }

class NetworkGradient : public testing::TestWithParam<Case> {};

TEST_P(NetworkGradient, MatchesDifferences) {
  const Image image = GetParam().image;
  const std::int64_t rows = 7, inputs = image.size() > 0 ? image.size() : 5, outputs = 3;
  const Network network(ModelSpec(GetParam().model), inputs, outputs, image);
  const Dropout dropout{GetParam().dropout, 5, 2};
  std::vector<double> parameters = normals(network.parameter_count(), 1);
  for (double& w : parameters) w *= image.size() > 0 ? 0.3 : 1;
  const std::vector<double> x = normals(rows * inputs, 2), c = normals(rows * outputs, 3);
  Pass<double> pass(network, rows, true, dropout.rate > 0);
  std::copy(x.begin(), x.end(), pass.values[0].begin());
  objective(network, parameters, pass, rows, c, dropout);
  for (std::size_t i = 0; i < c.size(); ++i) pass.slopes.back()[i] = c[i] + pass.values.back()[i];
  pass.shards = 2;
  backward(network, parameters.data(), pass, 0, 3, 0);
  backward(network, parameters.data(), pass, 3, rows, 1);
  std::vector<double> gradient(parameters.size(), 1e300);
  for (const Tile& tile : network.tiles())
    parameter_gradient(network, pass, rows, tile, gradient.data() + tile.begin);

  const double step = 1e-6;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double w = parameters[i];
    parameters[i] = w + step;
    const double up = objective(network, parameters, pass, rows, c, dropout);
    parameters[i] = w - step;
    const double down = objective(network, parameters, pass, rows, c, dropout);
    parameters[i] = w;
    const double difference = (up - down) / (2 * step);
    EXPECT_NEAR(gradient[i], difference, 5e-6 * std::max(1.0, std::abs(difference))) << "parameter " << i;
  }
}
INSTANTIATE_TEST_SUITE_P(Models, NetworkGradient,
                         testing::Values(Case{"linear", {}}, Case{"mlp:4", {}}, Case{"mlp:6x4", {}},
                                         Case{"mlp:hidden=6x5x4:activation=tanh", {}},
                                         Case{"mlp:300:activation=tanh", {}}, Case{"mlp:6x5:activation=gelu", {}},
                                         Case{"mlp:20x9", {}, 0.4}, Case{"mlp:20x9:activation=tanh", {}, 0.4},
                                         Case{"mlp:20:activation=gelu", {}, 0.2}, Case{"cnn:3:hidden=4", {5, 4, 2}},
                                         Case{"cnn:2x3:hidden=4:activation=tanh", {4, 6, 1}},
                                         Case{"cnn:2x2:hidden=5:activation=gelu", {4, 4, 1}, 0.3}));

// Of 10,000 outputs the share that is dropped, and the others' size; other places at every step.
TEST(Dropout, DropsItsShareAndKeepsTheMean) {
  const Network network(ModelSpec("mlp:10000"), 1, 1);
  std::vector<float> parameters(static_cast<std::size_t>(network.parameter_count()));
  std::fill_n(parameters.begin() + network.layers()[0].bias, 10000, 1.0f);
  Pass<float> pass(network, 1, false);
  std::vector<std::vector<float>> seen;
  for (const std::int64_t step : {1, 2}) {
    forward(network, parameters.data(), pass, 0, 1, Dropout{0.3, 7, step});
    seen.emplace_back(pass.values[1].begin(), pass.values[1].end());
    const auto dropped = std::count(seen.back().begin(), seen.back().end(), 0.0f);
    EXPECT_NEAR(static_cast<double>(dropped), 3000, 4 * std::sqrt(10000 * 0.3 * 0.7));
    EXPECT_EQ(std::count(seen.back().begin(), seen.back().end(), static_cast<float>(1 / 0.7)), 10000 - dropped);
  }
  EXPECT_NE(seen[0], seen[1]);
}

TEST(NetworkGradient, TilesCoverEveryParameterOnce) {
  const Network network(ModelSpec("mlp:hidden=700x3"), 500, 2);
  std::vector<int> seen(static_cast<std::size_t>(network.parameter_count()));
  for (const Tile& tile : network.tiles())
    for (std::int64_t i = tile.begin; i < tile.end; ++i) ++seen[static_cast<std::size_t>(i)];
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), network.parameter_count());
  EXPECT_GT(network.tiles().size(), 4u);  // 350,000 weights of the first layer are cut
}

// The same products in single and in double precision, cut into tiles and not.
TEST(NetworkGradient, TiledLayersAgreeWithOnePieceInDouble) {
  const std::int64_t rows = 33, inputs = 400, outputs = 300;
  const Network network(ModelSpec("linear"), inputs, outputs);
  ASSERT_GT(network.tiles().size(), 1u);
  const std::vector<double> x = normals(rows * inputs, 4), s = normals(rows * outputs, 5);
  Pass<float> pass(network, rows, true);
  std::copy(x.begin(), x.end(), pass.values[0].begin());
  std::copy(s.begin(), s.end(), pass.slopes[0].begin());
  std::vector<float> gradient(static_cast<std::size_t>(network.parameter_count()));
  for (const Tile& tile : network.tiles())
    parameter_gradient(network, pass, rows, tile, gradient.data() + tile.begin);
  std::vector<double> wanted(static_cast<std::size_t>(inputs * outputs));
  gemm(Op::transposed, Op::plain, inputs, outputs, rows, 1.0, x.data(), inputs, s.data(), outputs, 0.0,
       wanted.data(), outputs);
  double worst = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) worst = std::max(worst, std::abs(gradient[i] - wanted[i]));
  EXPECT_LT(worst, 1e-4);
  for (std::int64_t c = 0; c < outputs; ++c) {
    double sum = 0;
    for (std::int64_t r = 0; r < rows; ++r) sum += s[static_cast<std::size_t>(r * outputs + c)];
    EXPECT_NEAR(gradient[static_cast<std::size_t>(inputs * outputs + c)], sum, 1e-5);
  }
}

TEST(Links, MatchDifferences) {
  const std::int64_t rows = 4, columns = 3;
  for (const Link link :
       {Link::identity, Link::logistic, Link::softmax, Link::log_softmax, Link::exponential}) {
    std::vector<double> z = normals(rows * columns, 9), p(z.size());
    const std::vector<double> c = normals(rows * columns, 10);
    const auto value = [&] {
      link_forward(link, rows, columns, z.data(), p.data());
      return std::inner_product(p.begin(), p.end(), c.begin(), 0.0);
    };
    value();
    std::vector<double> gradient = c;
    link_backward(link, rows, columns, z.data(), p.data(), gradient.data());
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double x = z[i], step = 1e-6;
      z[i] = x + step;
      const double up = value();
      z[i] = x - step;
      const double down = value();
      z[i] = x;
      EXPECT_NEAR(gradient[i], (up - down) / (2 * step), 1e-8) << link_name(link) << " " << i;
    }
  }
}

TEST(Links, HoldInTheTails) {
  const float z[] = {-100, 100, 0, -INFINITY, INFINITY, NAN};
  float p[6];
  link_forward(Link::logistic, 6, 1, z, p);
  EXPECT_FLOAT_EQ(p[0], 3.7835059e-44f);
  EXPECT_EQ(p[1], 1);
  EXPECT_EQ(p[2], 0.5f);
  EXPECT_EQ(p[3], 0);
  EXPECT_EQ(p[4], 1);
  EXPECT_TRUE(std::isnan(p[5]));
  float g[] = {1, 1, 1, 1, 1, 1};
  link_backward(Link::logistic, 6, 1, z, p, g);
  EXPECT_FLOAT_EQ(g[1], 3.7835059e-44f);  // not p (1 - p) = 0
  const float row[] = {1000, 999, -1000};
  float q[3];
  link_forward(Link::softmax, 1, 3, row, q);
  EXPECT_FLOAT_EQ(q[0], 0.73105858f);
  EXPECT_EQ(q[2], 0);
  link_forward(Link::log_softmax, 1, 3, row, q);
  EXPECT_FLOAT_EQ(q[0], -0.31326169f);
  EXPECT_FLOAT_EQ(q[2], -2000.3133f);
  link_forward(Link::sign, 6, 1, z, p);
  EXPECT_EQ(p[0], -1);
  EXPECT_EQ(p[2], 1);
  EXPECT_THROW(link_backward(Link::sign, 6, 1, z, p, g), error);
}

// From a model's output through the activation link of every loss to its mean, and back.
TEST(Links, ChainWithEveryLoss) {
  const std::int64_t rows = 6, columns = 4;
  for (const LossEntry* entry : catalogue()) {
    std::vector<double> defaults;
    for (int i = 0; i < entry->parameter_count; ++i) defaults.push_back(entry->facts.params[i].value);
    const Loss chosen(*entry, defaults);
    const Link link = entry->facts.activation;
    const bool row_loss = is_row_loss(chosen);
    std::vector<double> z = normals(rows * columns, 11), p(z.size()), target(z.size());
    const std::vector<double> noise = normals(rows * columns, 12);
    const std::vector<std::int32_t> labels = {0, 3, 1, 2, 2, 0};
    const facts::Domain& domain = entry->facts.target;
    for (std::size_t i = 0; i < target.size(); ++i) {
      const bool pair = domain.kind == facts::Kind::pair;
      target[i] = pair              ? (noise[i] > 0 ? domain.high : domain.low)
                  : domain.low == 0 ? 1 / (1 + std::exp(noise[i]))
                                    : noise[i];
    }
    if (domain.kind == facts::Kind::distribution) {
      for (std::size_t r = 0; r < target.size(); r += columns) {
        const auto row = target.begin() + static_cast<std::ptrdiff_t>(r);
        const double sum = std::accumulate(row, row + columns, 0.0);
        for (std::size_t i = r; i < r + columns; ++i)
          target[i] = domain.high == 0 ? std::log(target[i] / sum) : target[i] / sum;
      }
    }
    const bool indexed =
        domain.kind == facts::Kind::index || domain.kind == facts::Kind::index_or_distribution;
    const array y = row_loss && indexed ? array(labels) : matrix<double>(target.data(), rows, columns);
    std::vector<double> gradient(z.size());
    const auto value = [&](bool with_gradient) {
      link_forward(link, rows, columns, z.data(), p.data());
      Call call;
      if (with_gradient) call.gradient = matrix<double>(gradient.data(), rows, columns);
      return chosen(matrix<const double>(p.data(), rows, columns), y, call).value;
    };
    value(true);
    link_backward(link, rows, columns, z.data(), p.data(), gradient.data());
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double x = z[i], step = 1e-6;
      z[i] = x + step;
      const double up = value(false);
      z[i] = x - step;
      const double down = value(false);
      z[i] = x;
      EXPECT_NEAR(gradient[i], (up - down) / (2 * step), 1e-7) << entry->name << " " << i;
    }
  }
}

TEST(Models, TextAndMistakes) {
  EXPECT_EQ(ModelSpec("linear").text(), "linear");
  EXPECT_EQ(ModelSpec("mlp:256x128").text(), "mlp:hidden=256x128");
  EXPECT_EQ(ModelSpec("mlp:activation=tanh:hidden=3").text(), "mlp:hidden=3:activation=tanh");
  EXPECT_EQ(ModelSpec("mlp").text(), "mlp:hidden=128");
  EXPECT_EQ(ModelSpec("mlp:3:activation=gelu").text(), "mlp:hidden=3:activation=gelu");
  EXPECT_EQ(ModelSpec("cnn").text(), "cnn:channels=16x32:hidden=128");
  EXPECT_EQ(ModelSpec("cnn:4x5:hidden=6x7:activation=tanh").text(), "cnn:channels=4x5:hidden=6x7:activation=tanh");
  for (const char* text :
       {"", "lineal", "linear:hidden=3", "mlp:hidden=", "mlp:hidden=0", "mlp:hidden=3x", "mlp:3:hidden=3",
        "mlp:hidden=-1", "mlp:activation=gelo", "mlp:hidden=99999999", "mlp:width=3", "mlp:channels=3",
        "cnn:channels=0", "cnn:16:channels=16", "cnn:channels=16x:hidden=3"})
    EXPECT_THROW(ModelSpec unused(text), error) << text;
}

}  // namespace
}  // namespace minimand::learn
