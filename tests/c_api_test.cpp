// The C API: every status, structs of other sizes, names, threads; no exception comes through and no call allocates.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <minimand/minimand.h>
#include <minimand/minimand.hpp>

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

namespace {

constexpr std::int64_t extents[] = {4, 3, 2};

minimand_array named(const char* name, const void* data, std::int32_t rank = 1, std::int32_t dtype = MINIMAND_F32,
                     const std::int64_t* shape = extents) {
  return {sizeof(minimand_array), name, const_cast<void*>(data), dtype, rank, shape, nullptr};
}

// A call on four elements that succeeds; tests spoil one thing each.
struct Job {
  float x[12] = {0.5f, 2, -3, 1}, y[12] = {0, 0, 0, 1}, w[12] = {1, 1, 2, 1}, g[12] = {}, h[12] = {};
  std::vector<minimand_array> inputs{named("prediction", x), named("target", y)}, outputs;
  minimand_call call = MINIMAND_CALL_INIT;
  minimand_result result = MINIMAND_RESULT_INIT;

  minimand_status operator()(const char* text) {
    minimand_status status = MINIMAND_OK;
    minimand_loss* loss = minimand_parse(text, &status);
    if (loss == nullptr) return status;
    fill();
    status = minimand_evaluate(loss, &call, &result);
    minimand_loss_free(loss);
    return status;
  }
  void fill() {
    call.inputs = inputs.data(), call.input_count = inputs.size();
    call.outputs = outputs.data(), call.output_count = outputs.size();
  }
};

void expect(minimand_status status, const char* code, const char* argument = "", const char* part = "") {
  const minimand_error& e = *minimand_last_error();
  EXPECT_EQ(status, e.status) << e.message;
  EXPECT_STREQ(e.code, code) << e.message;
  EXPECT_STREQ(e.argument, argument) << e.message;
  EXPECT_NE(std::string(e.message).find(part), std::string::npos) << e.message;
  EXPECT_EQ(std::string(e.message).find('\n'), std::string::npos);
  EXPECT_NE(status, MINIMAND_OK);
  EXPECT_GT(e.exit_status, 0);
}

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

TEST(CApi, EveryStatusHasItsOwnNumber) {
  std::set<int> numbers;
  int count = 0;
#define MINIMAND_ERROR(code, exit_status, meaning) numbers.insert(MINIMAND_##code), ++count;
#include <minimand/error_codes.def>
#undef MINIMAND_ERROR
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(numbers.count(0), 0u);
}

TEST(CApi, EveryStatusOfACall) {
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

TEST(CApi, NamesAreChecked) {
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

TEST(CApi, OptionsOutOfRangeAreRefused) {
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

TEST(CApi, NullPointersAreRefused) {
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

TEST(CApi, StructsOfOtherSizes) {
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

TEST(CApi, AFailureLeavesTheResult) {
  Job job;
  job.result.value = 42, job.w[0] = -1;
  job.inputs.push_back(named("weight", job.w));
  EXPECT_EQ(job("huber"), MINIMAND_DOM003);
  EXPECT_EQ(job.result.value, 42);
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

TEST(CApi, LongMessagesAreCutBetweenCharacters) {
  Job job;
  job.inputs[0].name = "x";
  std::string text(5000, 'a');
  minimand_status status = MINIMAND_OK;
  EXPECT_EQ(minimand_parse(text.c_str(), &status), nullptr);
  EXPECT_LT(std::strlen(minimand_last_error()->message), 2048u);
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
