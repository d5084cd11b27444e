// The C API: what a call gives, from strict C99 as from C++; no exception comes through and no call allocates.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <minimand/minimand.hpp>

#include "c_api_support.h"

extern "C" const char* c99_job(void);

namespace {
thread_local bool no_memory = false;
thread_local std::int64_t allocations = 0;
}  // namespace

// Not inlined: g++ 12 then warns of free() on what new returned.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (no_memory) throw std::bad_alloc();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace minimand::test {
namespace {

TEST(CApi, StrictC99) { EXPECT_STREQ(c99_job(), nullptr); }

TEST(CApi, SameBitsAsInCpp) {
  Job job;
  job.inputs.push_back(named("weight", job.w));
  job.outputs = {named("gradient", job.g), named("hessian", job.h)};
  job.call.reduction = MINIMAND_WEIGHTED_MEAN;
  ASSERT_EQ(job("huber:delta=1.5"), MINIMAND_OK) << minimand_last_error()->message;
  std::vector<float> x(job.x, job.x + 4), y(job.y, job.y + 4), w(job.w, job.w + 4), g(4), h(4);
  const minimand::Result r = minimand::huber(
      x, y, {.delta = 1.5},
      {.gradient = g, .hessian = h, .weight = w, .reduction = minimand::reduction::weighted_mean});
  EXPECT_EQ(job.result.value, r.value);
  EXPECT_EQ(job.result.sum, r.sum);
  EXPECT_EQ(job.result.weight_sum, r.weight_sum);
  EXPECT_EQ(job.result.count, r.count);
  EXPECT_EQ(std::memcmp(job.g, g.data(), 16), 0);
  EXPECT_EQ(std::memcmp(job.h, h.data(), 16), 0);
}

TEST(CApi, ReductionsAreTheNamedOnes) {
  for (const auto& [how, value] : {std::pair{MINIMAND_MEAN, 8.75 / 4}, {MINIMAND_NONE, 8.75}, {MINIMAND_SUM, 8.75},
                                   {MINIMAND_WEIGHTED_MEAN, 8.75 / 5}, {MINIMAND_MEAN_OVER, 8.75 / 7}}) {
    Job job;
    job.inputs.push_back(named("weight", job.w));
    job.call.reduction = how;
    job.call.mean_over = 7;
    ASSERT_EQ(job("huber:delta=1.5"), MINIMAND_OK);
    EXPECT_EQ(job.result.value, value) << how;
  }
}

TEST(CApi, OptionsArriveWhereTheyBelong) {
  // A class axis in front, labels, one of them ignored.
  Job job;
  const std::int32_t labels[] = {2, -100, 0};
  job.inputs = {named("prediction", job.x, 2), named("target", labels, 1, MINIMAND_I32, extents + 1)};
  job.call.class_axis = 0, job.call.has_ignore = 1, job.call.ignore = -100;
  ASSERT_EQ(job("softmax_cross_entropy"), MINIMAND_OK) << minimand_last_error()->message;
  EXPECT_EQ(job.result.count, 2);
  EXPECT_EQ(job.result.ignored, 1);
  // Strides in bytes, backwards.
  Job reversed;
  const std::int64_t back[] = {-4};
  reversed.inputs[0].data = reversed.x + 3, reversed.inputs[0].strides = back;
  ASSERT_EQ(reversed("squared_error"), MINIMAND_OK);
  EXPECT_EQ(reversed.result.sum, 1.0 + 9.0 + 4.0 + 0.25);
}

TEST(CApi, MemoryThatIsNotThereIsAStatus) {
  minimand_status status = MINIMAND_OK;
  no_memory = true;
  minimand_loss* loss = minimand_parse("huber:delta=2", &status);
  minimand_partial* partial = minimand_partial_new();
  no_memory = false;
  EXPECT_EQ(loss, nullptr);
  EXPECT_EQ(partial, nullptr);
  expect(status, "MEM001");
}

TEST(CApi, ATargetThatIsNotThereIsAStatus) {
  // The target is chosen once per process: a fresh one is needed.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("MINIMAND_TARGET", "abacus", 1);
        Job job;
        const bool right = job("huber") == MINIMAND_CFG001 && minimand_target() == nullptr &&
                           minimand_last_error()->exit_status == 78;
        std::_Exit(right ? 3 : 4);
      },
      testing::ExitedWithCode(3), "");
}

TEST(CApi, CatalogueByNameAndIndex) {
  ASSERT_EQ(minimand_loss_count(), minimand::catalogue().size());
  for (std::size_t i = 0; i < minimand_loss_count(); ++i) {
    const char* name = minimand_loss_name(i);
    minimand_facts facts = MINIMAND_FACTS_INIT;
    ASSERT_EQ(minimand_loss_facts(name, &facts), MINIMAND_OK) << name;
    EXPECT_STREQ(facts.name, name);
    EXPECT_NE(*facts.summary, '\0');
    for (std::size_t k = 0; k < facts.parameter_count; ++k) {
      minimand_parameter p = MINIMAND_PARAMETER_INIT;
      ASSERT_EQ(minimand_loss_parameter(name, k, &p), MINIMAND_OK);
      if (p.word_count > 0 || std::isnan(p.value)) continue;
      EXPECT_TRUE(p.value >= p.low && p.value <= p.high) << name;
      // The default by name gives the loss without it.
      char text[128];
      minimand_loss* loss = minimand_parse((std::string(name) + ":" + p.name + "=" + std::to_string(p.value)).c_str(), nullptr);
      ASSERT_NE(loss, nullptr) << minimand_last_error()->message;
      minimand_loss_text(loss, text, sizeof text);
      EXPECT_STREQ(text, name);
      minimand_loss_free(loss);
    }
    minimand_parameter none = MINIMAND_PARAMETER_INIT;
    expect(minimand_loss_parameter(name, facts.parameter_count, &none), "PAR005");
  }
  minimand_facts facts = MINIMAND_FACTS_INIT;
  expect(minimand_loss_facts("hubre", &facts), "PAR001", "", "huber");
  expect(minimand_loss_facts("huber:delta=2", &facts), "PAR005");
}

TEST(CApi, ASmallCallAllocatesNothing) {
  Job job;
  job.outputs = {named("gradient", job.g)};
  job.fill();
  minimand_loss* loss = minimand_parse("binary_cross_entropy_with_logits", nullptr);
  ASSERT_EQ(minimand_evaluate(loss, &job.call, &job.result), MINIMAND_OK);
  const std::int64_t before = allocations;
  ASSERT_EQ(minimand_evaluate(loss, &job.call, &job.result), MINIMAND_OK);
  EXPECT_EQ(allocations, before);
  minimand_loss_free(loss);
}

TEST(CApi, SeveralThreadsAtOnce) {
  minimand_loss* shared = minimand_parse("huber:delta=1.5", nullptr);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        Job good;
        good.fill();
        wrong += minimand_evaluate(shared, &good.call, &good.result) != MINIMAND_OK || good.result.sum != 5.375;
        // Each thread sees its own failure.
        Job bad;
        bad.y[t] = std::numeric_limits<float>::quiet_NaN();
        bad.x[t] = -1;
        wrong += bad("poisson") == MINIMAND_OK;
        wrong += minimand_last_error()->first != t;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  minimand_loss_free(shared);
}

}  // namespace
}  // namespace minimand::test
