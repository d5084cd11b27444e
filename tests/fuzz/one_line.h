// What every refusal must be: one short line that a terminal can show.
#pragma once

#include <minimand/error.hpp>
#include <string_view>

#include "guard.h"

namespace minimand::fuzz {

inline void require_one_line(const error& e) {
  const std::string_view message = e.what();
  MINIMAND_REQUIRE(!message.empty() && message.size() < 1000);
  for (const char c : message) MINIMAND_REQUIRE(static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
}

}  // namespace minimand::fuzz
