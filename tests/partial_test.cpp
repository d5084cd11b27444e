// Partial results: any parts in any order give the bits of the whole; what does not belong together is refused; bytes
// survive the way, and damage to them is found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "refusal.h"

namespace minimand {
namespace {

using test::refusal;

struct Data {
  std::vector<float> prediction, target, weight;
  std::vector<std::int32_t> labels;  // of rows of 5 classes
};
Data draw(std::size_t n, std::uint32_t seed) {
  std::mt19937 bits(seed);
  const auto uniform = [&] { return static_cast<float>(bits() >> 8) * 0x1p-24f; };
  Data d;
  for (std::size_t i = 0; i < n; ++i) {
    d.prediction.push_back(6 * uniform() - 3);
    d.target.push_back(uniform());
    d.weight.push_back(bits() % 9 == 0 ? 0.0f : uniform());
    d.labels.push_back(bits() % 11 == 0 ? -1 : static_cast<std::int32_t>(bits() % 5));
  }
  return d;
}

void expect_same(const Result& a, const Result& b) {
  EXPECT_EQ(std::memcmp(&a.value, &b.value, 8), 0) << a.value << ' ' << b.value;
  EXPECT_EQ(std::memcmp(&a.sum, &b.sum, 8), 0) << a.sum << ' ' << b.sum;
  EXPECT_EQ(std::memcmp(&a.weight_sum, &b.weight_sum, 8), 0) << a.weight_sum << ' ' << b.weight_sum;
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.ignored, b.ignored);
  EXPECT_EQ(a.flags, b.flags);
}

// Elements (rows of 5) begin ... end - 1 of the data under one of a few kinds of calls.
constexpr int kinds = 4;
const char* const texts[kinds] = {"log_cosh", "huber:delta=0.5", "softmax_cross_entropy:smoothing=0.1", "quantile:tau=0.25"};
template <class F>
auto with(const Data& d, int kind, std::size_t begin, std::size_t end, F&& f) {
  const std::size_t n = end - begin;
  Call call;
  if (kind == 1) call.weight = std::span(d.weight.data() + begin, n);
  if (kind == 3) call.threads = 3;
  if (kind == 2) {
    call.ignore = -1;
    call.weight = std::span(d.weight.data() + begin, n);
    return f(matrix(d.prediction.data() + 5 * begin, static_cast<std::int64_t>(n), 5), std::span(d.labels.data() + begin, n), call);
  }
  return f(std::span(d.prediction.data() + begin, n), std::span(d.target.data() + begin, n), call);
}

TEST(Partial, AnyPartsInAnyOrderAreTheWhole) {
  const Data d = draw(100'000, 1);
  std::mt19937 bits(2);
  for (int round = 0; round < 60; ++round) {
    const int kind = round % kinds;
    const std::size_t n = round % 7 == 6 ? bits() % 3 : 1 + bits() % (kind == 2 ? 20'000 : 100'000);
    const Loss loss = minimand::loss(texts[kind]);
    std::vector<std::size_t> cuts{0, n};
    for (std::uint32_t k = bits() % 9; k-- > 0;) {
      // Cuts at blocks too, where the state is smallest.
      const std::size_t cut = n == 0 ? 0 : bits() % (n + 1);
      cuts.push_back(k % 3 == 0 ? cut / 4096 * 4096 : cut);
    }
    std::sort(cuts.begin(), cuts.end());
    std::vector<Partial> parts;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      parts.push_back(with(d, kind, cuts[i], cuts[i + 1], [&](const auto& x, const auto& y, const Call& call) {
        return loss.part(x, y, call, static_cast<std::int64_t>(cuts[i]));
      }));
    }
    std::shuffle(parts.begin(), parts.end(), bits);
    // Some travel as bytes, some join among themselves first.
    Partial first, second;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      (i % 2 == 0 ? first : second).merge(i % 3 == 0 ? Partial::from_bytes(parts[i].to_bytes()) : parts[i]);
    }
    first.merge(second);
    SCOPED_TRACE(std::string(texts[kind]) + " of " + std::to_string(n) + " in " + std::to_string(parts.size()));
    const Partial whole = with(d, kind, 0, n, [&](const auto& x, const auto& y, const Call& call) { return loss.part(x, y, call); });
    EXPECT_EQ(first.to_bytes(), whole.to_bytes());
    for (const reduction how : {reduction::mean, reduction::weighted_mean, reduction::sum, reduction::mean_over}) {
      const Result direct = with(d, kind, 0, n, [&](const auto& x, const auto& y, Call call) {
        call.reduction = how, call.mean_over = 3;
        return loss(x, y, call);
      });
      expect_same(first.finish(how, 3), direct);
    }
    EXPECT_EQ(first.begin(), 0);
    EXPECT_EQ(first.end(), static_cast<std::int64_t>(n));
    EXPECT_EQ(first.loss(), texts[kind]);
  }
}

TEST(Partial, TheGradientMayTakeThePlaceOfThePrediction) {
  const Data d = draw(10'000, 7);
  const Loss loss = minimand::loss("huber:delta=0.5");
  for (const std::size_t begin : {0u, 1000u, 4096u}) {
    const std::size_t n = d.prediction.size() - begin;
    const std::span<const float> y(d.target.data() + begin, n);
    const std::vector<float> x(d.prediction.begin() + static_cast<std::ptrdiff_t>(begin), d.prediction.end());
    std::vector<float> g(n), both = x;
    Call call;
    call.reduction = reduction::sum;
    call.gradient = std::span(g);
    const Partial apart = loss.part(x, y, call, static_cast<std::int64_t>(begin));
    call.gradient = std::span(both);
    const Partial in_place = loss.part(both, y, call, static_cast<std::int64_t>(begin));
    EXPECT_EQ(in_place.to_bytes(), apart.to_bytes());
    EXPECT_EQ(both, g);
  }
}

TEST(Partial, FlagsOfThePartsAreThoseOfTheWhole) {
  const std::vector<float> x{1, INFINITY}, y{0, 0};
  const Loss loss = minimand::loss("absolute_error");
  Partial all = loss.part(std::span(x).first(1), std::span(y).first(1));
  EXPECT_EQ(all.finish().flags, 0u);
  all.merge(loss.part(std::span(x).last(1), std::span(y).last(1), {}, 1));
  expect_same(all.finish(), loss(x, y));
  EXPECT_NE(all.finish().flags, 0u);
}

TEST(Partial, DerivativesNeedADivisorThatIsKnown) {
  const Data d = draw(100, 3);
  std::vector<float> g(100), g2(100);
  const Loss loss = minimand::loss("log_cosh");
  refusal(error_code::PAR005, [&] { loss.part(d.prediction, d.target, {.gradient = g}); });
  loss.part(d.prediction, d.target, {.gradient = g, .reduction = reduction::mean_over, .mean_over = 200}, 0);
  loss(d.prediction, d.target, {.gradient = g2, .reduction = reduction::mean_over, .mean_over = 200});
  EXPECT_EQ(g, g2);
}

TEST(Partial, WhatDoesNotBelongTogetherIsRefused) {
  const Data d = draw(100, 4);
  const auto part = [&](const char* text, std::int64_t begin, Call call = {}) {
    return minimand::loss(text).part(d.prediction, d.target, call, begin);
  };
  const std::string before = part("huber", 0).to_bytes();
  const std::vector<double> doubles(100, 0.5);
  for (const Partial& other : {part("log_cosh", 100), part("huber:delta=2", 100), part("huber", 50), part("huber", 0),
                               part("huber", 100, {.ignore = 3}), minimand::loss("huber").part(doubles, doubles, {}, 100)}) {
    Partial one = part("huber", 0);
    refusal(error_code::PRT002, [&] { one.merge(other); });
    EXPECT_EQ(one.to_bytes(), before) << "as before the merge";
  }
  Partial itself = part("huber", 0);
  refusal(error_code::PRT002, [&] { itself.merge(itself); });
}

TEST(Partial, AHoleIsNamed) {
  const Data d = draw(300, 5);
  Partial p = minimand::loss("huber").part(std::span(d.prediction).first(100), std::span(d.target).first(100));
  p.merge(minimand::loss("huber").part(std::span(d.prediction).last(100), std::span(d.target).last(100), {}, 200));
  try {
    p.finish();
    ADD_FAILURE() << "a hole";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), error_code::PRT002);
    EXPECT_EQ(e.first(), 100);
    EXPECT_EQ(e.count(), 100);
  }
  const Partial late = minimand::loss("huber").part(d.prediction, d.target, {}, 1);
  refusal(error_code::PRT002, [&] { late.finish(); });
  refusal(error_code::PAR005, [&] { minimand::loss("huber").part(d.prediction, d.target, {}, -1); });
}

TEST(Partial, NothingIsAPartialToo) {
  const Partial nothing;
  EXPECT_TRUE(std::isnan(nothing.finish().value));
  EXPECT_EQ(nothing.finish(reduction::mean, 0, empty::zero).value, 0);
  refusal(error_code::DOM004, [&] { nothing.finish(reduction::mean, 0, empty::error); });
  refusal(error_code::PAR005, [&] { nothing.finish(reduction::mean_over); });
  Partial back = Partial::from_bytes(nothing.to_bytes());
  EXPECT_EQ(back.to_bytes(), nothing.to_bytes());
  const Data d = draw(10, 6);
  back.merge(minimand::loss("huber").part(d.prediction, d.target));
  back.merge(nothing);
  EXPECT_EQ(back.finish().count, 10);
}

// What reads either is what was written or is refused.
void expect_equal_or_refused(const std::string& bytes, const std::string& original, const std::string& what) {
  try {
    EXPECT_EQ(Partial::from_bytes(bytes).to_bytes(), original) << what;
  } catch (const error& e) {
    EXPECT_TRUE(e.code() == error_code::PRT001 || e.code() == error_code::PRT002) << what << ": " << e.what();
  }
}

TEST(Partial, DamagedBytesAreRefused) {
  const Data d = draw(9000, 7);
  std::vector<std::string> all{Partial().to_bytes()};
  const auto some = [&](std::size_t begin, std::size_t end) {
    const std::size_t n = end - begin;
    return minimand::loss("huber:delta=1.5")
        .part(std::span(d.prediction).subspan(begin, n), std::span(d.target).subspan(begin, n),
              {.ignore = 3, .weight = std::span(d.weight).subspan(begin, n)}, static_cast<std::int64_t>(begin));
  };
  all.push_back(some(0, 20).to_bytes());
  all.push_back(some(4090, 8200).to_bytes());
  for (const std::string& bytes : all) {
    ASSERT_EQ(Partial::from_bytes(bytes).to_bytes(), bytes);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      refusal(error_code::PRT001, [&] { Partial::from_bytes(bytes.substr(0, n)); });
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = bytes;
        damaged[n] = static_cast<char>(damaged[n] ^ 1 << bit);
        expect_equal_or_refused(damaged, "never", "byte " + std::to_string(n) + " bit " + std::to_string(bit));
      }
    }
    refusal(error_code::PRT001, [&] { Partial::from_bytes(bytes + '\0'); });
    refusal(error_code::PRT001, [&] { Partial::from_bytes(bytes + bytes); });
  }
}

// Behind the checksum: every field of a forged state is checked too.
TEST(Partial, ForgedBytesAreRefused) {
  const Data d = draw(40, 8);
  const std::string bytes = minimand::loss("huber").part(d.prediction, d.target).to_bytes();
  const auto sealed = [](std::string text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    for (int i = 0; i < 8; ++i) text += static_cast<char>(hash >> (8 * i));
    return text;
  };
  const std::string body = bytes.substr(0, bytes.size() - 8);
  ASSERT_EQ(sealed(body), bytes);
  for (std::size_t n = 0; n < body.size(); ++n) {
    expect_equal_or_refused(sealed(body.substr(0, n)), "never", "cut at " + std::to_string(n));
  }
  const auto forged = [&](std::size_t at, char value) {
    std::string other = body;
    other[at] = value;
    return sealed(other);
  };
  refusal(error_code::PRT002, [&] { Partial::from_bytes(forged(8, 99)); });    // numerics version
  refusal(error_code::PRT001, [&] { Partial::from_bytes(forged(12, 64)); });   // a flag that is none
  refusal(error_code::PRT001, [&] { Partial::from_bytes(forged(16, 41)); });   // more elements than there are
  refusal(error_code::PRT001, [&] { Partial::from_bytes(forged(24, 1)); });    // more ignored
  refusal(error_code::PRT001, [&] { Partial::from_bytes(forged(36, 'q')); });  // "quber"
  refusal(error_code::PRT001, [&] { Partial::from_bytes(forged(32, 0)); });    // the length of the loss
}

}  // namespace
}  // namespace minimand
