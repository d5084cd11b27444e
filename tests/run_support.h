// What the tests of src/run share: the message of a refusal, and views by plain indexing.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include <minimand/array.hpp>
#include <minimand/error.hpp>

namespace minimand::run {

// What the error says that `f` throws, which has this code.
template <class F>
std::string message(error_code code, F f) {
  try {
    f();
  } catch (const error& e) {
    EXPECT_EQ(name(e.code()), std::string(name(code))) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

// Element `index` in row-major order by plain indexing.
inline char* plain_address(const array& a, std::int64_t index) {
  char* at = static_cast<char*>(a.data);
  for (int i = a.rank; i-- > 0; index /= a.shape[i]) at += index % a.shape[i] * a.strides[i];
  return at;
}

}  // namespace minimand::run
