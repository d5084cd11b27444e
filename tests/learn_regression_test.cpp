// Coefficients of regressions against statsmodels and scikit-learn: tests/regression/golden.json, written by
// tools/golden_regression.py, which also names the versions.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "files.h"
#include "io/load.h"
#include "json_value.h"
#include "learn/model_file.h"
#include "learn/trainer.h"

namespace minimand::learn {
namespace {

class Regression : public testing::Test {
 protected:
  static std::string folder() { return std::string(MINIMAND_TEST_DATA) + "/regression/"; }

  // [rows][names] of data.csv
  static std::vector<double> columns(const std::vector<std::string>& names) {
    std::vector<double> out;
    for (std::size_t k = 0; k < names.size(); ++k) {
      const io::Owned column = io::load(folder() + "data.csv:" + names[k]);
      const auto* numbers = static_cast<const double*>(column.view.data);
      const auto rows = static_cast<std::size_t>(column.view.size());
      out.resize(rows * names.size());
      for (std::size_t r = 0; r < rows; ++r) out[r * names.size() + k] = numbers[r];
    }
    return out;
  }

  // Relative to the largest coefficient of its output, 1e-6; classes: their biases about the first one's.
  void agrees(const std::string& name, const std::string& optimizer, const char* loss_text,
              const std::vector<std::string>& targets, const std::function<void(FitOptions&)>& change = {},
              double tolerance = 1e-6) {
    const std::vector<double> x = columns({"a", "b", "c"}), y = columns(targets);
    FitOptions options{loss(loss_text)};
    options.optimizer = optimizer, options.epochs = 100'000, options.valid = 0;
    if (change) change(options);
    const auto k = static_cast<std::int64_t>(targets.size()), rows = static_cast<std::int64_t>(x.size() / 3);
    const matrix<const double> features(x.data(), rows, 3), many(y.data(), rows, k);
    const Model model = model_from_bytes(model_bytes(fit(features, k > 1 ? array(many) : array(y), options)));
    const Coefficients found = coefficients(model);
    const test::JsonValue recorded = golden.at(name).at("coefficients");
    ASSERT_EQ(found.bias.size(), recorded.size());
    for (std::size_t o = 0; o < recorded.size(); ++o) {
      const bool classes = loss_text == std::string("softmax_cross_entropy");
      const double shift = classes ? found.bias[0] - recorded[0][0].number() : 0;
      const double bias = recorded[o][0].number();
      EXPECT_NEAR(found.bias[o] - shift, bias, tolerance * std::max(1.0, std::abs(bias))) << name << " by " << optimizer;
      for (std::size_t d = 0; d < 3; ++d) {
        const double wanted = recorded[o][d + 1].number(), got = found.weight[d * recorded.size() + o];
        EXPECT_NEAR(got, wanted, tolerance * std::max(std::abs(wanted), 1e-3)) << name << " by " << optimizer << ": " << d;
        EXPECT_EQ(got == 0, wanted == 0) << name << " by " << optimizer;
      }
    }
  }

  const test::JsonValue golden = test::JsonValue::parse(test::read_bytes(folder() + "golden.json"));
};

TEST_F(Regression, LeastSquares) {
  for (const char* optimizer : {"newton", "lbfgs", "gd"}) {
    agrees("linear", optimizer, "squared_error", {"y"});
    agrees("linear", optimizer, "half_squared_error", {"y"});
    agrees("two_outputs", optimizer, "squared_error", {"y", "z"});
    agrees("ridge l2=0.3", optimizer, "half_squared_error", {"y"}, [](FitOptions& o) { o.l2 = 0.3; });
    const std::vector<double> weight = columns({"weight"});
    agrees("weighted", optimizer, "squared_error", {"y"}, [&](FitOptions& o) { o.weights = array(weight); });
  }
}

TEST_F(Regression, CountsAndClasses) {
  for (const char* optimizer : {"newton", "newton:curvature=majorizer", "lbfgs"}) {
    agrees("logistic", optimizer, "binary_cross_entropy_with_logits", {"yes"});
    agrees("softmax l2=0.05", optimizer, "softmax_cross_entropy", {"class"}, [](FitOptions& o) { o.l2 = 0.05; });
  }
  for (const char* optimizer : {"newton", "lbfgs"}) agrees("poisson", optimizer, "poisson", {"count"});
  agrees("logistic", "lbfgs", "binary_cross_entropy", {"yes"});
}

// The methods end by themselves, after few iterations: what Newton's solves is the right matrix.
TEST_F(Regression, EndsByItself) {
  const std::vector<double> x = columns({"a", "b", "c"});
  const matrix<const double> features(x.data(), static_cast<std::int64_t>(x.size() / 3), 3);
  const struct {
    const char *loss, *target;
    std::size_t newton, lbfgs, gd;
  } cases[] = {{"squared_error", "y", 2, 20, 40},
               {"poisson", "count", 8, 30, 200},
               {"binary_cross_entropy_with_logits", "yes", 8, 30, 200},
               {"softmax_cross_entropy", "class", 9, 60, 400}};
  for (const auto& c : cases) {
    for (const double l1 : {0.0, 0.05}) {
      FitOptions options{loss(c.loss)};
      options.epochs = 500, options.valid = 0, options.l2 = 0.05, options.l1 = l1;
      for (const auto& [optimizer, most] : {std::pair("newton", c.newton), {"lbfgs", c.lbfgs}, {"gd", c.gd}}) {
        options.optimizer = optimizer;
        const Model model = fit(features, columns({c.target}), options);
        EXPECT_LE(model.history.size(), most) << c.loss << " by " << optimizer << ", l1 " << l1;
      }
    }
  }
}

// Weights that are exactly 0 are found; in f32 by batches of all rows, to its rounding.
TEST_F(Regression, Lasso) {
  const auto change = [](FitOptions& o) { o.l1 = 0.9; };
  for (const char* optimizer : {"gd", "lbfgs", "newton"}) {
    agrees("lasso l1=0.9", optimizer, "half_squared_error", {"y"}, change);
    agrees("elastic l1=0.5 l2=0.2", optimizer, "half_squared_error", {"y"}, [](FitOptions& o) { o.l1 = 0.5, o.l2 = 0.2; });
    agrees("logistic l1=0.15", optimizer, "binary_cross_entropy_with_logits", {"yes"}, [](FitOptions& o) { o.l1 = 0.15; });
    agrees("softmax l1=0.05", optimizer, "softmax_cross_entropy", {"class"}, [](FitOptions& o) { o.l1 = 0.05; });
  }
  for (const char* optimizer : {"sgd:lr=0.1", "nesterov:lr=0.05", "adam:lr=0.01", "adagrad:lr=0.5"}) {
    agrees("lasso l1=0.9", optimizer, "half_squared_error", {"y"}, [](FitOptions& o) {
      o.l1 = 0.9, o.batch = 1000, o.epochs = 5000, o.schedule = "cosine";
    }, 2e-5);
  }
}

}  // namespace
}  // namespace minimand::learn
