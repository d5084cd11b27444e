// Scaling, gathering and splitting of training data.
#include "learn/data.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <minimand/error.hpp>
#include <string>

#include "learn/philox.h"
#include "run/convert.h"
#include "run/layout.h"

namespace minimand::learn {
namespace {

template <class T>
double number(T x) {
  if constexpr (std::is_same_v<T, f16> || std::is_same_v<T, bf16>)
    return static_cast<double>(run::to_float(x));
  else
    return static_cast<double>(x);
}

// The address need not be aligned for T, hence the copies, a block at a time.
template <class T, class Out>
void scale_as(const std::byte* from, std::int64_t n, const Scaling& scaling, Out* out) {
  constexpr std::int64_t block = 128;
  T x[block];
  const double *shift = scaling.shift.data(), *scale = scaling.scale.data();
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t m = std::min(block, n - first);
    std::memcpy(x, from + first * static_cast<std::int64_t>(sizeof(T)), static_cast<std::size_t>(m) * sizeof(T));
    for (std::int64_t c = 0; c < m; ++c)
      out[first + c] = static_cast<Out>((number(x[c]) - shift[first + c]) * scale[first + c]);
  }
}

void copy_elements(const array& from, int axis, const std::byte* at, std::byte*& to) {
  if (axis == from.rank) {
    std::memcpy(to, at, size_of(from.type));
    to += size_of(from.type);
    return;
  }
  for (std::int64_t i = 0; i < from.shape[axis]; ++i)
    copy_elements(from, axis + 1, at + i * from.strides[axis], to);
}

}  // namespace

Rows::Rows(const array& source, const char* what) : view_(source) {
  if (!source.present || source.rank == 0)
    throw error(error_code::SHP002, std::string(what) + " are a single number; rows are needed");
  const std::int64_t count = run::check_input(source, role::none);
  for (int a = 1; a < source.rank; ++a) columns_ *= source.shape[a];
  row_bytes_ = columns_ * static_cast<std::int64_t>(size_of(source.type));
  if (run::contiguous(source)) return;
  copy_.resize(static_cast<std::size_t>(count) * size_of(source.type));
  std::byte* to = copy_.data();
  copy_elements(source, 0, static_cast<const std::byte*>(source.data), to);
  view_ = array(copy_.data(), source.type, {source.shape, static_cast<std::size_t>(source.rank)}, false);
}

Scaling measure_scaling(const Rows& features, std::span<const std::int64_t> rows) {
  const auto columns = static_cast<std::size_t>(features.columns());
  Scaling out{std::vector<double>(columns, 0.0), std::vector<double>(columns, 1.0 / 255)};
  if (features.view().type == dtype::u8) return out;

  std::vector<double> x(columns), low(columns, HUGE_VAL), high(columns, -HUGE_VAL);
  const auto read = [&](std::int64_t r) {
    run::gather(features.view(), r * features.columns(), features.columns(), x.data());
  };
  for (std::int64_t r = 0; r < features.rows(); ++r) {
    read(r);
    for (std::size_t c = 0; c < columns; ++c) {
      if (std::isfinite(x[c])) continue;
      throw error(
          error_code::DOM005,
          "feature " + std::to_string(c + 1) + " of row " + std::to_string(r + 1) + " is " +
              run::element_text(features.view(), r * features.columns() + static_cast<std::int64_t>(c)) +
              "; features must be finite",
          role::none, r * features.columns() + static_cast<std::int64_t>(c), 1);
    }
  }
  const auto n = static_cast<double>(rows.size());
  for (const std::int64_t r : rows) {
    read(r);
    for (std::size_t c = 0; c < columns; ++c) {
      out.shift[c] += x[c] / n;
      low[c] = std::min(low[c], x[c]);
      high[c] = std::max(high[c], x[c]);
    }
  }
  std::vector<double> variance(columns);
  for (const std::int64_t r : rows) {
    read(r);
    // In units of half the range: no square overflows.
    for (std::size_t c = 0; c < columns; ++c) {
      const double half = high[c] / 2 - low[c] / 2, d = half > 0 ? (x[c] - out.shift[c]) / half : 0;
      variance[c] += d * d;
    }
  }
  for (std::size_t c = 0; c < columns; ++c) {
    const double deviation = std::sqrt(variance[c] / n) * (high[c] / 2 - low[c] / 2);
    if (high[c] <= low[c]) out.shift[c] = low[c];
    out.scale[c] = high[c] > low[c] && deviation > 0 && std::isfinite(1 / deviation) ? 1 / deviation : 0;
  }
  return out;
}

template <class T>
void scale_row(const Rows& features, const Scaling& scaling, std::int64_t r, T* out) {
  const std::byte* from = features.row(r);
  const std::int64_t n = features.columns();
  switch (features.view().type) {
    case dtype::f32:
      return scale_as<float>(from, n, scaling, out);
    case dtype::f64:
      return scale_as<double>(from, n, scaling, out);
    case dtype::f16:
      return scale_as<f16>(from, n, scaling, out);
    case dtype::bf16:
      return scale_as<bf16>(from, n, scaling, out);
    case dtype::i8:
      return scale_as<std::int8_t>(from, n, scaling, out);
    case dtype::i16:
      return scale_as<std::int16_t>(from, n, scaling, out);
    case dtype::i32:
      return scale_as<std::int32_t>(from, n, scaling, out);
    case dtype::i64:
      return scale_as<std::int64_t>(from, n, scaling, out);
    case dtype::u8:
      return scale_as<std::uint8_t>(from, n, scaling, out);
    case dtype::u16:
      return scale_as<std::uint16_t>(from, n, scaling, out);
    case dtype::u32:
      return scale_as<std::uint32_t>(from, n, scaling, out);
    case dtype::u64:
      return scale_as<std::uint64_t>(from, n, scaling, out);
    case dtype::boolean:
      return scale_as<std::uint8_t>(from, n, scaling, out);
  }
}
template void scale_row(const Rows&, const Scaling&, std::int64_t, float*);
template void scale_row(const Rows&, const Scaling&, std::int64_t, double*);

array squeezed_targets(const array& targets) {
  array out = targets;
  while (out.rank > 1 && out.shape[out.rank - 1] == 1) --out.rank;
  if (out.rank > 2) {
    throw error(error_code::SHP002, "targets have shape " + run::shape_text(targets) +
                                        "; one number or one list of numbers per row is needed");
  }
  return out;
}

TargetBatch::TargetBatch(const Rows& targets, std::int64_t most_rows)
    : targets_(targets),
      bytes_(static_cast<std::size_t>(most_rows * targets.row_bytes())),
      view_(targets.view()) {
  view_.data = bytes_.data();
}

const array& TargetBatch::gather(std::span<const std::int64_t> rows) {
  const auto size = static_cast<std::size_t>(targets_.row_bytes());
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(bytes_.data() + i * size, targets_.row(rows[i]), size);
  view_.shape[0] = static_cast<std::int64_t>(rows.size());
  return view_;
}

Split split_rows(std::int64_t rows, double fraction, std::uint64_t seed) {
  const auto kept = static_cast<std::int64_t>(fraction * static_cast<double>(rows));
  std::vector<std::int64_t> order = permutation(rows, Random(seed, Purpose::split, 0));
  Split split;
  split.valid.assign(order.begin(), order.begin() + kept);
  split.train.assign(order.begin() + kept, order.end());
  std::sort(split.valid.begin(), split.valid.end());
  std::sort(split.train.begin(), split.train.end());
  return split;
}

std::vector<std::int64_t> epoch_order(std::span<const std::int64_t> train, std::uint64_t seed,
                                      std::int64_t epoch) {
  std::vector<std::int64_t> order =
      permutation(static_cast<std::int64_t>(train.size()),
                  Random(seed, Purpose::shuffle, static_cast<std::uint64_t>(epoch)));
  for (std::int64_t& i : order) i = train[static_cast<std::size_t>(i)];
  return order;
}

}  // namespace minimand::learn
