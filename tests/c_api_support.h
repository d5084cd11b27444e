// What the tests of the C API share: a call that succeeds, to be spoiled, and what a refusal must say.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <minimand/minimand.h>

namespace minimand::test {

inline constexpr std::int64_t extents[] = {4, 3, 2};

inline minimand_array named(const char* name, const void* data, std::int32_t rank = 1, std::int32_t dtype = MINIMAND_F32,
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

// The last error is this one: the status with its code, one line, and a part of what it says.
inline void expect(minimand_status status, const char* code, const char* argument = "", const char* part = "") {
  const minimand_error& e = *minimand_last_error();
  EXPECT_EQ(status, e.status) << e.message;
  EXPECT_STREQ(e.code, code) << e.message;
  EXPECT_STREQ(e.argument, argument) << e.message;
  EXPECT_NE(std::string(e.message).find(part), std::string::npos) << e.message;
  EXPECT_EQ(std::string(e.message).find('\n'), std::string::npos);
  EXPECT_NE(status, MINIMAND_OK);
  EXPECT_GT(e.exit_status, 0);
}

}  // namespace minimand::test
