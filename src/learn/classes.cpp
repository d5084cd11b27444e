// Labels from predictions and from targets.
#include "learn/classes.h"

#include <algorithm>

#include "kernels/entry.h"
#include "learn/link.h"
#include "run/convert.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t block = 512;  // targets looked at together, on the stack

// Of one row of distributions; the first of equals.
std::int64_t largest_of_row(const array& targets, std::int64_t row, std::int64_t columns) {
  std::int64_t at = 0;
  double most = 0;
  for (std::int64_t c = 0; c < columns; c += block) {
    const std::int64_t n = std::min(block, columns - c);
    double q[block];
    run::gather(targets, row * columns + c, n, q);
    const double* here = std::max_element(q, q + n);
    if (c == 0 || *here > most) most = *here, at = c + (here - q);
  }
  return at;
}

}  // namespace

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

template <class T>
void largest_of_rows(const T* prediction, std::int64_t rows, std::int64_t columns, std::int64_t* out) {
  for (std::int64_t r = 0; r < rows; ++r, prediction += columns)
    out[r] = std::max_element(prediction, prediction + columns) - prediction;
}

template <class T>
bool is_high(const Classes& classes, T prediction) {
  if (classes.mean == facts::Link::sign) return prediction >= 0;
  T mean = prediction;
  link_forward(classes.mean, 1, 1, &prediction, &mean);
  return mean >= T(0.5);
}

template <class T>
std::int64_t count_hits(const Classes& classes, const T* prediction, std::int64_t rows, std::int64_t columns,
                        const array& targets, std::int64_t& count) {
  const bool pair = classes.kind == ClassKind::pair;
  std::int64_t hits = 0;
  count = pair ? rows * columns : rows;
  for (std::int64_t at = 0; at < count; at += block) {
    const std::int64_t n = std::min(block, count - at);
    if (pair) {
      double right[block];
      run::gather(targets, at, n, right);
      for (std::int64_t i = 0; i < n; ++i)
        hits += (is_high(classes, prediction[at + i]) ? classes.high : classes.low) == right[i];
    } else {
      std::int64_t named[block], right[block];
      largest_of_rows(prediction + at * columns, n, columns, named);
      if (targets.rank == 1) {
        run::read_labels(targets, at, n, right);
      } else {
        for (std::int64_t i = 0; i < n; ++i) right[i] = largest_of_row(targets, at + i, columns);
      }
      for (std::int64_t i = 0; i < n; ++i) hits += named[i] == right[i];
    }
  }
  return hits;
}

bool all_two_valued(const Classes& classes, const array& targets) {
  double y[block];
  for (std::int64_t i = 0; i < targets.size(); i += block) {
    const std::int64_t n = std::min(block, targets.size() - i);
    run::gather(targets, i, n, y);
    for (std::int64_t k = 0; k < n; ++k)
      if (y[k] != classes.low && y[k] != classes.high) return false;
  }
  return true;
}

template void largest_of_rows(const float*, std::int64_t, std::int64_t, std::int64_t*);
template void largest_of_rows(const double*, std::int64_t, std::int64_t, std::int64_t*);
template bool is_high(const Classes&, float);
template bool is_high(const Classes&, double);
template std::int64_t count_hits(const Classes&, const float*, std::int64_t, std::int64_t, const array&, std::int64_t&);
template std::int64_t count_hits(const Classes&, const double*, std::int64_t, std::int64_t, const array&, std::int64_t&);

}  // namespace minimand::learn
