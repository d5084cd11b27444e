// Losses as text: the grammar, what a mistake is answered with, and the canonical text.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "api/about.h"
#include "api/number_text.h"

namespace minimand {
namespace {

void expect_refused(const std::string& text, error_code code, const std::string& part = "") {
  try {
    loss(text);
    ADD_FAILURE() << text << " is not refused";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), code) << text << ": " << e.what();
    const std::string message = e.what();
    EXPECT_NE(message.find(part), std::string::npos) << text << ": " << message;
    EXPECT_LT(message.size(), 500u) << text;
    for (const char c : message) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20) << text;
  }
}

TEST(LossText, CanonicalTextHoldsWhatDiffers) {
  for (const auto& [text, canonical] : std::vector<std::pair<std::string, std::string>>{
           {"huber", "huber"},
           {"huber:delta=1", "huber"},
           {"huber:delta=1.0", "huber"},
           {"huber:delta=10e-1", "huber"},
           {"huber:delta=1.50", "huber:delta=1.5"},
           {"huber:delta=inf", "huber:delta=inf"},
           {"huber:delta=1e300", "huber:delta=1e+300"},
           {"hinge:labels=pm1", "hinge"},
           {"hinge:labels=01", "hinge:labels=01"},
           {"poisson:full=true", "poisson:full=true"},
           {"poisson:full=false", "poisson"},
           {"focal:alpha=none", "focal"},
           {"focal:alpha=0.25", "focal:alpha=0.25"},
           {"softmax_cross_entropy:softcap=30:smoothing=0.1", "softmax_cross_entropy:smoothing=0.1:softcap=30"},
           {"quantile:tau=0.1/0.5/0.9", "quantile:tau=0.1/0.5/0.9"},
           {"quantile:tau=0.5/0.5", "quantile:tau=0.5/0.5"},
           {"smooth_l1:beta=-0", "smooth_l1:beta=0"},
           {"binary_cross_entropy_with_logits:pos_weight=0", "binary_cross_entropy_with_logits:pos_weight=0"},
       }) {
    EXPECT_EQ(loss(text).text(), canonical);
    EXPECT_EQ(loss(canonical).text(), canonical);
  }
}

TEST(LossText, EveryNumberSurvives) {
  std::mt19937_64 bits(20);
  for (int i = 0; i < 2000; ++i) {
    double delta;
    const std::uint64_t word = bits() >> 1;  // not negative
    std::memcpy(&delta, &word, sizeof delta);
    if (!std::isfinite(delta) || delta == 0) continue;
    const Loss first = loss("huber:delta=" + number_text(delta));
    EXPECT_EQ(first.parameters()[0], delta);
    EXPECT_EQ(loss(first.text()).parameters()[0], delta);
  }
}

TEST(LossText, EveryLossAndParameterOfTheCatalogue) {
  for (const LossEntry* entry : catalogue()) {
    const std::string name(loss_name(*entry));
    EXPECT_EQ(loss(name).text(), name);
    EXPECT_EQ(&loss(name).entry(), entry);
    std::string all = name;
    const auto parameters = parameters_of(*entry);
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      const facts::Param& p = parameters[k];
      const std::string key = name + ":" + p.name + "=";
      if (p.choices[0].word != nullptr) {
        for (const facts::Choice& c : p.choices) {
          if (c.word == nullptr) continue;
          EXPECT_EQ(loss(key + c.word).parameters()[k], c.value);
        }
        expect_refused(key + "maybe", error_code::PAR003, "legal: " + std::string(p.choices[0].word));
        expect_refused(key + "0.5", error_code::PAR003);
        continue;
      }
      EXPECT_EQ(loss(key + number_text(p.value)).text(), name);
      expect_refused(key + "nan", error_code::PAR003, p.name);
      expect_refused(key + "word", error_code::PAR003, "not a number");
      if (std::isfinite(p.range.low)) {
        expect_refused(key + number_text(p.range.low - 1), error_code::PAR003, p.range.text);
        if (p.range.low_open) {
          expect_refused(key + number_text(p.range.low), error_code::PAR003, p.range.text);
        } else {
          EXPECT_EQ(loss(key + number_text(p.range.low)).parameters()[k], p.range.low);
        }
      }
      if (std::isfinite(p.range.high)) {
        expect_refused(key + number_text(p.range.high + 1), error_code::PAR003, p.range.text);
      } else if (p.range.high_open) {
        expect_refused(key + "inf", error_code::PAR003, p.range.text);
      }
      if (!p.list) expect_refused(key + "0.5/0.5", error_code::PAR003, "one value");
      all += std::string(":") + p.name + "=0.5";
    }
    EXPECT_EQ(loss(loss(all).text()).text(), loss(all).text());
  }
}

TEST(LossText, MistakesAreAnsweredWithTheNearestName) {
  expect_refused("huger", error_code::PAR001, "did you mean \"huber\"?");
  expect_refused("Huber", error_code::PAR001, "did you mean \"huber\"?");
  expect_refused("squared_eror", error_code::PAR001, "did you mean \"squared_error\"?");
  expect_refused("binary_cross_entropy_with_logit", error_code::PAR001, "\"binary_cross_entropy_with_logits\"?");
  expect_refused("softmax", error_code::PAR001, "did you mean \"softmax_cross_entropy\"?");
  expect_refused("zebra_crossing", error_code::PAR001, "minimand list");
  expect_refused("huber:detla=2", error_code::PAR002, "did you mean \"delta\"?");
  expect_refused("huber:tau=2", error_code::PAR002, "it has delta");
  expect_refused("squared_error:delta=2", error_code::PAR002, "it has none");
}

TEST(LossText, TheGrammarIsStrict) {
  for (const char* text : {"", ":", " huber", "huber ", "huber,", "=", "huber\n", "\xff\xfe", "huber-1"}) {
    expect_refused(text, error_code::PAR001);
  }
  for (const char* text : {"huber:", "huber::", "huber:delta", "huber:delta=1:", "huber:delta=1:delta=2", "huber+huber",
                           "2*huber", "sum(huber)"}) {
    expect_refused(text, error_code::PAR004);
  }
  for (const char* text : {"huber:delta=", "huber:delta= 1", "huber:delta=1 ", "huber:delta=+1", "huber:delta=0x1p3",
                           "huber:delta=1,5", "huber:delta=1e", "huber:delta=1e999", "huber:delta=--1", "huber:delta=1=2",
                           "huber:delta=none", "quantile:tau=0.1/", "quantile:tau=/0.1", "quantile:tau=0.1//0.9",
                           "quantile:tau=0.1/1.5", "huber:delta=1/2"}) {
    expect_refused(text, error_code::PAR003);
  }
  expect_refused("huber: delta=1", error_code::PAR002);
  expect_refused("huber:=1", error_code::PAR002);
  expect_refused(std::string("huber\0x", 7), error_code::PAR001);
  expect_refused(std::string(100'000, 'h'), error_code::PAR001);
  expect_refused("huber:" + std::string(100'000, 'd') + "=1", error_code::PAR002);
  expect_refused("\x1b[31mhuber", error_code::PAR001, "\\x1b");
}

TEST(LossText, SeveralByCommas) {
  const std::vector<Loss> all = losses("squared_error,quantile:tau=0.1/0.9,huber:delta=1.5");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].text(), "squared_error");
  EXPECT_EQ(all[1].text(), "quantile:tau=0.1/0.9");
  EXPECT_EQ(all[2].text(), "huber:delta=1.5");
  for (const char* text : {"", ",", "huber,", ",huber", "huber,,huber"}) EXPECT_THROW(losses(text), error) << text;
}

TEST(LossText, AListIsOneValuePerColumn) {
  const std::vector<double> z{1, 2, 3, 4}, y{2, 1, 5, 3};
  const double both = loss("quantile:tau=0.1/0.9")(matrix(z.data(), 2, 2), matrix(y.data(), 2, 2)).sum;
  const double first = loss("quantile:tau=0.1")(strided(z.data(), 2, 2), strided(y.data(), 2, 2)).sum;
  const double second = loss("quantile:tau=0.9")(strided(z.data() + 1, 2, 2), strided(y.data() + 1, 2, 2)).sum;
  EXPECT_DOUBLE_EQ(both, first + second);
  EXPECT_THROW(loss("quantile:tau=0.1/0.9")(z, y), error);
}

TEST(LossText, ALossFromItsEntryIsChecked) {
  const LossEntry& entry = *find_loss("huber");
  EXPECT_EQ(Loss(entry, {2}).text(), "huber:delta=2");
  EXPECT_THROW(Loss(entry, {-2}), error);
  EXPECT_THROW(Loss(entry, {std::nan("")}), error);
  EXPECT_THROW(Loss(*find_loss("hinge"), {7}), error);
}

}  // namespace
}  // namespace minimand
