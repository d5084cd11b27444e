// Seconds of a clock that never goes back; only differences mean anything.
#pragma once

#include <chrono>

namespace minimand::learn {

inline double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace minimand::learn
