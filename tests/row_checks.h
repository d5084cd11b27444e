// Judges the outcome of a data row: bits where an answer is exact, ULP where it is rounded.
#pragma once

#include <cstdio>

#include <gtest/gtest.h>

#include "data_rows.h"

namespace minimand::test {

// Bounds in ULP for value, gradient and curvature; `difference` is that of a gradient which is a true difference,
// in u (|a| + |b|). A value or curvature that is one gets twice its bound in the same unit, as an ULP is up to 2u.
struct Bounds {
  double value, gradient, curvature, difference = 3;
};

inline Bounds bounds_of(const std::string& loss, bool f64, std::size_t k) {
  const LossEntry* entry = find_loss(loss);
  const facts::Accuracy accuracy = entry ? entry->facts.accuracy : facts::Accuracy::transcendental;
  if (accuracy == facts::Accuracy::piecewise) return {2, 1, 1};
  if (accuracy == facts::Accuracy::piecewise_scaled) return {4, 1.5, 1};
  if (accuracy == facts::Accuracy::composite) return {4, 4, 7};
  const double terms = f64 ? std::log2(static_cast<double>(std::max<std::size_t>(k, 1))) / 2 : 0;
  if (loss == "softmax_cross_entropy" || loss == "kl_divergence_with_logits")
    return f64 ? Bounds{4 + terms, 4 + terms, 4 + terms, 3 + terms} : Bounds{3, 3, 3};
  return f64 ? Bounds{3 + terms, 3, 4} : Bounds{2, 2, 3};
}

inline std::string hex(double v) {
  char text[64];
  std::snprintf(text, sizeof text, "%a (%.9g)", v, v);
  return text;
}

// `got` holds a number of `store` in a double; errors are counted in ULP of `format`.
inline void check_number(const Row& row, char output, std::size_t i, double got, const Exact& want, Format format,
                         double bound, double condition, double scale, std::uint64_t bits, std::uint64_t nan_bits) {
  if (!want.checked) return;
  const std::string what = row.where() + "\n  " + output + "[" + std::to_string(i) + "] got " + hex(got) +
                           ", exact " + hex(want.hi) + (want.lo != 0 ? " + " + hex(want.lo) : "");
  if (std::isnan(want.hi)) {
    EXPECT_EQ(bits, nan_bits) << what << ": not the canonical NaN";
    return;
  }
  if (std::isinf(want.hi) || rounds_to_inf(want, format)) {
    EXPECT_TRUE(std::isinf(got) && std::signbit(got) == std::signbit(want.hi)) << what << ": should be infinite";
    return;
  }
  if (got == 0) {
    EXPECT_FALSE(std::signbit(got)) << what << ": negative zero";
  }
  if (want.hi == 0) {
    EXPECT_EQ(got, 0) << what << ": exactly zero";
    return;
  }
  ASSERT_TRUE(std::isfinite(got)) << what << ": should be finite";
  const long double off = std::fabs(static_cast<long double>(got) - want.hi - want.lo);
  const long double in_ulp = off / ulp(static_cast<long double>(want.hi) + want.lo, format);
  if (scale > 0) {
    // A least subnormal apart is never finer than the format.
    const long double unit = std::max(std::ldexp(static_cast<long double>(scale), -format.digits), std::ldexp(0.5L, format.least));
    const double allowed = output == 'g' ? bound + condition : 2 * bound + condition;
    EXPECT_TRUE(off / unit <= allowed || in_ulp <= 0.5L)
        << what << ": " << static_cast<double>(off / unit) << " u(|a|+|b|), allowed " << allowed;
  } else {
    const double allowed = bound + condition / 2;
    EXPECT_LE(static_cast<double>(in_ulp), allowed) << what << " (ULP)";
  }
}

template <class T>
void check_array(const Row& row, char output, const std::vector<T>& got, const std::string& cell, const Bounds& b) {
  if (cell == "-") return;
  const auto want = words(cell);
  const auto condition = per_output(row["condition"]), scale = per_output(row["measure"]);
  std::vector<bool> named(got.size(), false);
  for (std::size_t n = 0; n < want.size(); ++n) {
    const Exact e = exact_of(want[n]);
    const std::size_t i = e.index < 0 ? n : static_cast<std::size_t>(e.index);
    ASSERT_LT(i, got.size()) << row.where();
    const double s = at(scale, output, n);
    const double bound = output == 'g' ? (s > 0 ? b.difference : b.gradient) : b.curvature;
    check_number(row, output, i, to_double(got[i]), e, format_of<T>(), bound, at(condition, output, n), s,
                 bits_of(got[i]), canonical_nan<T>());
  }
}

template <class T>
void check_row_as(const Row& row, std::uint32_t* flags_out) {
  constexpr bool f64 = std::is_same_v<T, double>;
  const Outcome<T> full = evaluate<T>(row, 3), graded = evaluate<T>(row, 2), plain = evaluate<T>(row, 1);
  const std::string& want = row["value"];
  if (want.starts_with("error:")) {
    const auto codes = words(want.substr(6), '/');
    for (const auto* o : {&full, &graded, &plain}) {
      ASSERT_NE(o->error, "") << row.where() << "\n  should fail with " << want << ", gave " << hex(o->result.value);
      EXPECT_TRUE(std::find(codes.begin(), codes.end(), o->error) != codes.end() || codes[0] == "any")
          << row.where() << "\n  failed with " << o->error << ": " << o->message;
    }
    return;
  }
  for (const auto* o : {&full, &graded, &plain})
    ASSERT_EQ(o->error, "") << row.where() << "\n  " << o->message;

  // The three orders agree in bits, and `values` is the value rounded once.
  EXPECT_EQ(bits_of(full.result.value), bits_of(plain.result.value)) << row.where() << "\n  value, value with all";
  EXPECT_EQ(bits_of(full.result.value), bits_of(graded.result.value)) << row.where() << "\n  value with gradient, with all";
  for (std::size_t i = 0; i < full.gradient.size(); ++i)
    EXPECT_EQ(bits_of(full.gradient[i]), bits_of(graded.gradient[i])) << row.where() << "\n  g[" << i << "] of two orders";
  EXPECT_EQ(bits_of(full.result.value), bits_of(full.result.sum)) << row.where();
  if constexpr (!std::is_same_v<T, f16>) {
    const T stored = static_cast<T>(full.result.value);
    EXPECT_EQ(bits_of(full.values[0]), std::isnan(stored) ? canonical_nan<T>() : bits_of(stored)) << row.where() << "\n  values[0]";
  }
  EXPECT_EQ(plain.result.flags & ~full.result.flags, 0u) << row.where() << "\n  a flag of the value alone is missing";

  const Bounds b = bounds_of(row.loss_name(), f64, full.gradient.size());
  const double scale = at(per_output(row["measure"]), 'v', 0);
  check_number(row, 'v', 0, full.result.value, exact_of(want), f64 ? format_of<double>() : format_of<float>(), b.value,
               at(per_output(row["condition"]), 'v', 0), scale, bits_of(full.result.value), canonical_nan<double>());
  check_array(row, 'g', full.gradient, row["gradient"], b);
  check_array(row, 'h', full.hessian, row["curvature"], b);
  *flags_out = full.result.flags;
}

// Checks everything but the flags, which it returns.
inline std::optional<std::uint32_t> check_row(const Row& row) {
  std::uint32_t flags = ~0u;
  if (row["type"] == "f32") check_row_as<float>(row, &flags);
  else if (row["type"] == "f64") check_row_as<double>(row, &flags);
  else if (row["type"] == "f16") check_row_as<f16>(row, &flags);
  else ADD_FAILURE() << row.where() << "\n  unknown type";
  return flags == ~0u ? std::nullopt : std::optional(flags);
}

inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

}  // namespace minimand::test
