// What the tests of the pool share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "run/pool.h"

namespace minimand::run {

inline constexpr auto patience = std::chrono::seconds(20);

// Whether `count` calls have come in before patience ends: proof that they run at the same time.
inline bool meet(std::atomic<int>& arrived, int count) {
  ++arrived;
  for (const auto end = std::chrono::steady_clock::now() + patience; arrived < count;) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// Sum over [0, tasks) of the task numbers, by one slot per worker.
inline std::int64_t triangle(int threads, std::int64_t tasks) {
  std::vector<std::int64_t> slots(static_cast<std::size_t>(workers(threads, tasks)));
  parallel(threads, tasks, [&](std::int64_t first, std::int64_t last, int worker) {
    for (auto i = first; i < last; ++i) slots[static_cast<std::size_t>(worker)] += i;
  });
  std::int64_t sum = 0;
  for (auto s : slots) sum += s;
  return sum;
}

}  // namespace minimand::run
