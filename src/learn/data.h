// Training data: features that become f32 row by row when a batch is made, and targets gathered as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <minimand/array.hpp>
#include <span>
#include <vector>

namespace minimand::learn {

// What a model sees is (x - shift) * scale, per feature.
struct Scaling {
  std::vector<double> shift, scale;
};

// A view of an array's rows (its first axis), row-major; copied only where it is not.
class Rows {
 public:
  // `what` is "features" or "targets". SHP002 for rank 0.
  Rows(const array& source, const char* what);
  Rows(Rows&&) = default;

  std::int64_t rows() const noexcept { return view_.shape[0]; }
  std::int64_t columns() const noexcept { return columns_; }  // elements of a row
  std::int64_t row_bytes() const noexcept { return row_bytes_; }
  const array& view() const noexcept { return view_; }
  const std::byte* row(std::int64_t r) const {
    return static_cast<const std::byte*>(view_.data) + r * row_bytes_;
  }

 private:
  std::vector<std::byte> copy_;
  array view_;
  std::int64_t columns_ = 1, row_bytes_ = 0;
};

// u8 (images): divided by 255. Others: mean and standard deviation over `rows`, in their order; a column that
// is constant there becomes 0. DOM005 if any feature of any row is not finite.
Scaling measure_scaling(const Rows& features, std::span<const std::int64_t> rows);

// Row r, scaled, to out[features.columns()]. T is float or double.
template <class T>
void scale_row(const Rows& features, const Scaling& scaling, std::int64_t r, T* out);

// The targets of some rows, in the type they came in.
class TargetBatch {
 public:
  // Rows of `targets` with trailing axes of size 1 dropped: (n), or (n, columns).
  TargetBatch(const Rows& targets, std::int64_t most_rows);
  const array& gather(std::span<const std::int64_t> rows);

 private:
  const Rows& targets_;
  std::vector<std::byte> bytes_;
  array view_;
};

// Targets as the loss shall see them: trailing axes of size 1 dropped. SHP002 if more than two axes are left.
array squeezed_targets(const array& targets);

// Which rows are learnt from and which are kept to measure: `fraction` of them, drawn by the seed; both
// ascend.
struct Split {
  std::vector<std::int64_t> train, valid;
};
Split split_rows(std::int64_t rows, double fraction, std::uint64_t seed);
// The rows of `train` in the order of one epoch.
std::vector<std::int64_t> epoch_order(std::span<const std::int64_t> train, std::uint64_t seed,
                                      std::int64_t epoch);

}  // namespace minimand::learn
