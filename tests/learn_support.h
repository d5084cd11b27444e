// Random numbers and small data sets with known answers, for the tests of training.
#pragma once

#include <cmath>
#include <vector>

#include "learn/philox.h"
#include "learn/trainer.h"
#include "refusal.h"

namespace minimand::learn {

inline constexpr std::uint64_t seed = 20240611;

// `n` numbers of mean 0 and variance 1, other ones for another seed.
inline std::vector<double> normals(std::int64_t n, std::uint64_t of) {
  const Random random(of, Purpose::shuffle, 0);
  std::vector<double> out(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = random.normal(static_cast<std::int64_t>(i));
  return out;
}

struct Data {
  std::vector<float> x;
  std::vector<double> y;
  std::int64_t rows = 0, columns = 0;
  matrix<const float> features() const { return {x.data(), rows, columns}; }
};

// y = 3 x0 - 2 x1 + 5 + noise, with x0 far from 0 and x1 on another scale; x2 is constant.
inline Data line(std::int64_t rows, double noise) {
  const Random random(seed, Purpose::shuffle, 1);
  Data data;
  data.rows = rows, data.columns = 3;
  for (std::int64_t r = 0; r < rows; ++r) {
    const double x0 = 100 + 2 * random.normal(3 * r), x1 = 0.01 * random.normal(3 * r + 1);
    data.x.insert(data.x.end(), {static_cast<float>(x0), static_cast<float>(x1), 7.0f});
    data.y.push_back(3 * data.x[static_cast<std::size_t>(3 * r)] -
                     2 * data.x[static_cast<std::size_t>(3 * r + 1)] + 5 + noise * random.normal(3 * r + 2));
  }
  return data;
}

// Classes on a ring: class k lies around angle 2 pi k / classes.
inline Data ring(std::int64_t rows, std::int64_t classes) {
  const Random random(seed, Purpose::shuffle, 2);
  Data data;
  data.rows = rows, data.columns = 2;
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto k = static_cast<double>(r % classes);
    const double angle = 2 * M_PI * (k + 0.1 * random.normal(2 * r)) / static_cast<double>(classes);
    const double radius = 1 + 0.5 * random.uniform(2 * r + 1);
    data.x.push_back(static_cast<float>(radius * std::cos(angle)));
    data.x.push_back(static_cast<float>(radius * std::sin(angle)));
    data.y.push_back(k);
  }
  return data;
}

inline FitOptions options(const char* loss_text, const char* model, const char* optimizer, std::int64_t epochs) {
  FitOptions out(loss(loss_text));
  out.model = model, out.optimizer = optimizer, out.epochs = epochs, out.seed = seed;
  return out;
}

// Of a training that is refused.
inline std::string message_of(const array& features, const array& targets, const FitOptions& chosen, error_code code) {
  return test::refusal(code, [&] { fit(features, targets, chosen); });
}

}  // namespace minimand::learn
