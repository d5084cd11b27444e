// The C API: what a call refuses, with the status, code, argument and text of each.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>

#include "c_api_support.h"

namespace minimand::test {
namespace {

TEST(CApiRefusals, EveryStatusHasItsOwnNumber) {
  std::set<int> numbers;
  int count = 0;
#define MINIMAND_ERROR(code, exit_status, meaning) numbers.insert(MINIMAND_##code), ++count;
#include <minimand/error_codes.def>
#undef MINIMAND_ERROR
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(numbers.count(0), 0u);
}

TEST(CApiRefusals, EveryStatusOfACall) {
  Job job;
  EXPECT_EQ(job("huger"), MINIMAND_PAR001);
  expect(MINIMAND_PAR001, "PAR001", "", "did you mean \"huber\"");
  EXPECT_EQ(minimand_last_error()->exit_status, 2);
  EXPECT_EQ(job("huber:dleta=2"), MINIMAND_PAR002);
  EXPECT_EQ(job("huber:delta=-1"), MINIMAND_PAR003);
  EXPECT_EQ(job("huber:delta"), MINIMAND_PAR004);
  {
    Job j;
    j.call.reduction = MINIMAND_MEAN_OVER;
    expect(j("huber"), "PAR005", "", "mean_over");
  }
  {
    Job j;
    j.inputs[1] = named("target", j.y, 1, MINIMAND_F32, extents + 1);
    expect(j("huber"), "SHP001", "target", "(4,)");
    expect(MINIMAND_SHP001, "SHP001", "target", "(3,)");
    EXPECT_EQ(minimand_last_error()->exit_status, 65);
  }
  {
    Job j;
    j.inputs[0].dtype = MINIMAND_I32;
    expect(j("huber"), "SHP002", "prediction");
    j.inputs[0].dtype = 13;
    expect(j("huber"), "SHP002", "prediction", "13");
    j.inputs[0] = named("prediction", j.x, 9);
    expect(j("huber"), "SHP002", "prediction", "9");
    j.inputs[0] = named("prediction", j.x, -1);
    expect(j("huber"), "SHP002", "prediction");
    j.inputs[0] = named("prediction", nullptr);
    expect(j("huber"), "SHP002", "prediction", "no data");
    j.inputs[0] = named("prediction", j.x, 1, MINIMAND_F32, nullptr);
    expect(j("huber"), "SHP002", "prediction", "shape");
    const std::int64_t huge[] = {INT64_MAX, INT64_MAX, INT64_MAX};
    j.inputs[0] = named("prediction", j.x, 3, MINIMAND_F32, huge);
    expect(j("huber"), "SHP002", "prediction");
  }
  {
    Job j;
    j.outputs = {named("gradient", j.y)};
    expect(j("huber"), "SHP003", "gradient", "target");
  }
  {
    Job j;
    j.x[2] = 1.5f, j.x[3] = -1;
    expect(j("binary_cross_entropy"), "DOM001", "prediction", "prediction 2 is");
    EXPECT_EQ(minimand_last_error()->first, 1);
    EXPECT_EQ(minimand_last_error()->count, 3);
  }
  {
    Job j;
    j.y[1] = -2;
    expect(j("poisson"), "DOM002", "target", "-2");
    EXPECT_EQ(minimand_last_error()->first, 1);
  }
  {
    Job j;
    j.w[3] = -1;
    j.inputs.push_back(named("weight", j.w));
    expect(j("huber"), "DOM003", "weight");
    std::memset(j.w, 0, sizeof j.w);
    j.call.empty = MINIMAND_EMPTY_ERROR;
    expect(j("huber"), "DOM004");
    j.call.empty = MINIMAND_EMPTY_ZERO;
    EXPECT_EQ(j("huber"), MINIMAND_OK);
    EXPECT_EQ(j.result.value, 0);
    j.call.empty = MINIMAND_EMPTY_NAN;
    EXPECT_EQ(j("huber"), MINIMAND_OK);
    EXPECT_TRUE(std::isnan(j.result.value));
  }
  {
    Job j;
    const std::int32_t labels[] = {0, 1, 3, 7};
    j.inputs = {named("prediction", j.x, 2), named("target", labels, 1, MINIMAND_I32)};
    expect(j("softmax_cross_entropy"), "TGT001", "target", "3");
    EXPECT_EQ(minimand_last_error()->first, 2);
    EXPECT_EQ(minimand_last_error()->count, 2);
  }
  {
    Job j;
    j.x[0] = std::numeric_limits<float>::infinity();
    EXPECT_EQ(j("huber"), MINIMAND_OK);
    EXPECT_EQ(j.result.flags, static_cast<std::uint32_t>(MINIMAND_FLAG_INFINITE));
    j.call.strict = 1;
    expect(j("huber"), "STR001", "", "infinite");
    EXPECT_EQ(minimand_last_error()->exit_status, 1);
  }
}

TEST(CApiRefusals, NamesAreChecked) {
  Job job;
  job.inputs.push_back(named("wieght", job.w));
  expect(job("huber"), "PAR005", "", "did you mean \"weight\"");
  job.inputs[2].name = "gradient";
  expect(job("huber"), "PAR005", "", "unknown input");
  job.inputs[2].name = nullptr;
  expect(job("huber"), "PAR005", "", "no name");
  job.inputs[2].name = "target";
  expect(job("huber"), "PAR005", "", "twice");
  job.inputs[2].name = "\x1b[31m\n";
  expect(job("huber"), "PAR005", "", "\\n");
  job.inputs.pop_back();
  job.outputs = {named("weight", job.w)};
  expect(job("huber"), "PAR005", "", "unknown output");
  job.outputs.clear();
  job.inputs.pop_back();
  expect(job("huber"), "PAR005", "", "no array \"target\"");
  job.inputs.clear();
  expect(job("huber"), "PAR005", "", "no array \"prediction\"");
}

TEST(CApiRefusals, OptionsOutOfRangeAreRefused) {
  const auto refused = [](auto spoil) {
    Job job;
    spoil(job.call);
    expect(job("huber"), "PAR005");
  };
  refused([](minimand_call& c) { c.reduction = 5; });
  refused([](minimand_call& c) { c.reduction = -1; });
  refused([](minimand_call& c) { c.empty = 3; });
  refused([](minimand_call& c) { c.curvature = 5; });
  refused([](minimand_call& c) { c.curvature = MINIMAND_FISHER + 100; });
  refused([](minimand_call& c) { c.has_ignore = 2; });
  refused([](minimand_call& c) { c.strict = -1; });
  refused([](minimand_call& c) { c.threads = -1; });
  refused([](minimand_call& c) { c.floor = -1; });
  refused([](minimand_call& c) { c.curvature_scale = std::nan(""); });
  refused([](minimand_call& c) { c.reserved = 1; });
}

TEST(CApiRefusals, NullPointersAreRefused) {
  Job job;
  job.fill();
  minimand_status status = MINIMAND_OK;
  EXPECT_EQ(minimand_parse(nullptr, &status), nullptr);
  expect(status, "PAR005");
  minimand_loss* loss = minimand_parse("huber", nullptr);
  expect(minimand_evaluate(nullptr, &job.call, &job.result), "PAR005");
  expect(minimand_evaluate(loss, nullptr, &job.result), "PAR005");
  expect(minimand_evaluate(loss, &job.call, nullptr), "PAR005");
  job.call.inputs = nullptr;
  expect(minimand_evaluate(loss, &job.call, &job.result), "PAR005");
  expect(minimand_evaluate_part(loss, &job.call, 0, nullptr), "PAR005");
  expect(minimand_partial_merge(nullptr, nullptr), "PAR005");
  expect(minimand_partial_finish(nullptr, 0, 0, 0, &job.result), "PAR005");
  expect(minimand_partial_to_bytes(nullptr, nullptr, 0, nullptr), "PAR005");
  EXPECT_EQ(minimand_partial_from_bytes(nullptr, 5, &status), nullptr);
  expect(status, "PAR005");
  EXPECT_EQ(minimand_partial_from_bytes(nullptr, 0, &status), nullptr);
  expect(status, "PRT001");
  expect(minimand_loss_facts(nullptr, nullptr), "PAR005");
  expect(minimand_loss_facts("huber", nullptr), "PAR005");
  expect(minimand_loss_parameter("huber", 0, nullptr), "PAR005");
  EXPECT_EQ(minimand_loss_text(nullptr, nullptr, 0), 0u);
  minimand_partial_range(nullptr, nullptr, nullptr);
  minimand_loss_free(loss);
}

template <class T>
struct Longer {
  T known;
  std::uint64_t later[2];
};

TEST(CApiRefusals, StructsOfOtherSizes) {
  Job job;
  job.call.struct_size = 0;
  expect(job("huber"), "PAR005", "", "struct_size");
  job.call.struct_size = sizeof(minimand_call) - 8;  // no header ever had this
  expect(job("huber"), "PAR005");
  job.call.struct_size = sizeof(minimand_call);
  job.result.struct_size = 8;
  job.g[0] = 7, job.outputs = {named("gradient", job.g)};
  expect(job("huber"), "PAR005");
  EXPECT_EQ(job.g[0], 7) << "refused before anything is written";
  job.result.struct_size = sizeof(minimand_result);
  job.inputs[0].struct_size = 16;
  expect(job("huber"), "PAR005");
  job.inputs[0].struct_size = sizeof(minimand_array);
  ASSERT_EQ(job("huber"), MINIMAND_OK);

  // A header of a later version: what it adds must be 0.
  minimand_loss* loss = minimand_parse("huber", nullptr);
  Longer<minimand_array> inputs[2] = {{job.inputs[0], {0, 0}}, {job.inputs[1], {0, 0}}};
  Longer<minimand_call> call{job.call, {0, 0}};
  Longer<minimand_result> result{job.result, {5, 6}};
  for (auto& input : inputs) input.known.struct_size = sizeof input;
  call.known.struct_size = sizeof call, result.known.struct_size = sizeof result;
  call.known.inputs = &inputs[0].known;
  result.known.sum = -1;
  ASSERT_EQ(minimand_evaluate(loss, &call.known, &result.known), MINIMAND_OK) << minimand_last_error()->message;
  EXPECT_EQ(result.known.sum, job.result.sum);
  EXPECT_EQ(result.known.struct_size, sizeof result);
  EXPECT_EQ(result.later[0], 5u);
  call.later[1] = 1;
  expect(minimand_evaluate(loss, &call.known, &result.known), "PAR005", "", "does not know");
  call.later[1] = 0, inputs[1].later[0] = 1;
  expect(minimand_evaluate(loss, &call.known, &result.known), "PAR005", "", "does not know");
  inputs[1].later[0] = 0, inputs[1].known.struct_size = sizeof(minimand_array);
  expect(minimand_evaluate(loss, &call.known, &result.known), "PAR005", "", "struct_size");
  call.known.struct_size = static_cast<std::size_t>(-1);
  expect(minimand_evaluate(loss, &call.known, &result.known), "PAR005");
  minimand_loss_free(loss);

  minimand_facts facts = MINIMAND_FACTS_INIT;
  facts.struct_size = 8;
  expect(minimand_loss_facts("huber", &facts), "PAR005");
}

TEST(CApiRefusals, AFailureLeavesTheResult) {
  Job job;
  job.result.value = 42, job.w[0] = -1;
  job.inputs.push_back(named("weight", job.w));
  EXPECT_EQ(job("huber"), MINIMAND_DOM003);
  EXPECT_EQ(job.result.value, 42);
}

TEST(CApiRefusals, LongMessagesAreCutBetweenCharacters) {
  std::string text(5000, 'a');
  minimand_status status = MINIMAND_OK;
  EXPECT_EQ(minimand_parse(text.c_str(), &status), nullptr);
  EXPECT_LT(std::strlen(minimand_last_error()->message), 2048u);
}

}  // namespace
}  // namespace minimand::test
