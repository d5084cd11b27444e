// What a call that must fail says.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include <minimand/error.hpp>

namespace minimand::test {

// The message of the error that `f` throws, which must have this code; `what` names the call if it succeeds.
template <class F>
std::string refusal(error_code code, F&& f, const std::string& what = "the call") {
  try {
    f();
  } catch (const error& e) {
    EXPECT_EQ(std::string(name(e.code())), name(code)) << what << ": " << e.what();
    return e.what();
  }
  ADD_FAILURE() << what << " was accepted";
  return "";
}

}  // namespace minimand::test
