// Labels from predictions and from targets.
#include "learn/classes.h"

#include <algorithm>
#include <vector>

#include "kernels/entry.h"
#include "learn/link.h"
#include "run/convert.h"

namespace minimand::learn {

bool is_row_loss(const Loss& loss) { return loss.entry().engine == Engine::statistics; }

Classes classes_of(const Loss& loss) {
  const facts::Facts& about = loss.entry().facts;
  Classes out;
  out.mean = about.mean;
  if (is_row_loss(loss)) {
    out.kind = ClassKind::rows;
  } else if (about.family == facts::Family::binary || about.family == facts::Family::margin) {
    out.kind = ClassKind::pair;
    const facts::Domain& target = facts::target_domain(about, loss.parameters());
    out.low = target.low, out.high = target.high;
  }
  return out;
}

void largest_of_rows(const float* prediction, std::int64_t rows, std::int64_t columns, std::int64_t* out) {
  for (std::int64_t r = 0; r < rows; ++r, prediction += columns)
    out[r] = std::max_element(prediction, prediction + columns) - prediction;
}

bool is_high(const Classes& classes, float prediction) {
  if (classes.mean == facts::Link::sign) return prediction >= 0;
  float mean = prediction;
  link_forward(classes.mean, 1, 1, &prediction, &mean);
  return mean >= 0.5f;
}

std::int64_t count_hits(const Classes& classes, const float* prediction, std::int64_t rows,
                        std::int64_t columns, const array& targets, std::int64_t& count) {
  std::int64_t hits = 0;
  count = classes.kind == ClassKind::pair ? rows * columns : rows;
  if (classes.kind == ClassKind::pair) {
    std::vector<double> y(static_cast<std::size_t>(count));
    run::gather(targets, 0, count, y.data());
    for (std::int64_t i = 0; i < count; ++i) {
      const double named = is_high(classes, prediction[i]) ? classes.high : classes.low;
      hits += named == y[static_cast<std::size_t>(i)];
    }
    return hits;
  }
  std::vector<std::int64_t> named(static_cast<std::size_t>(rows)), right(static_cast<std::size_t>(rows));
  largest_of_rows(prediction, rows, columns, named.data());
  if (targets.rank == 1) {
    run::read_labels(targets, 0, rows, right.data());
  } else {
    std::vector<float> q(static_cast<std::size_t>(rows * columns));
    run::gather(targets, 0, rows * columns, q.data());
    largest_of_rows(q.data(), rows, columns, right.data());
  }
  for (std::size_t r = 0; r < named.size(); ++r) hits += named[r] == right[r];
  return hits;
}

bool all_two_valued(const Classes& classes, const array& targets) {
  constexpr std::int64_t block = 4096;
  std::vector<double> y(block);
  for (std::int64_t i = 0; i < targets.size(); i += block) {
    const std::int64_t n = std::min(block, targets.size() - i);
    run::gather(targets, i, n, y.data());
    for (std::int64_t k = 0; k < n; ++k) {
      const double value = y[static_cast<std::size_t>(k)];
      if (value != classes.low && value != classes.high) return false;
    }
  }
  return true;
}

}  // namespace minimand::learn
