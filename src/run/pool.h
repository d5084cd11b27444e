// A small pool of threads that stay: contiguous ranges of tasks, fixed by the call and not by the schedule.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace minimand::run {

// Reference to a function work(first, last, worker): tasks first ... last - 1, worker in [0, threads).
// It lives no longer than the function it was made from.
class Work {
 public:
  template <class F>
    requires std::is_invocable_v<F&, std::int64_t, std::int64_t, int> &&
                 (!std::is_same_v<std::remove_cvref_t<F>, Work>)
  Work(F&& f)  // NOLINT: conversion is the point
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, std::int64_t first, std::int64_t last, int worker) {
          (*static_cast<std::remove_reference_t<F>*>(object))(first, last, worker);
        }) {}
  void operator()(std::int64_t first, std::int64_t last, int worker) const {
    call_(object_, first, last, worker);
  }

 private:
  void* object_;
  void (*call_)(void*, std::int64_t, std::int64_t, int);
};

// The range of tasks one worker handles.
struct Range {
  std::int64_t first, last;
};
inline constexpr int max_threads = 256;
// How many ranges, hence workers, a call of parallel(threads, tasks, ...) has: at least 1.
constexpr int workers(int threads, std::int64_t tasks) {
  const std::int64_t most = threads < max_threads ? threads : max_threads;
  const std::int64_t n = most < tasks ? most : tasks;
  return n < 1 ? 1 : static_cast<int>(n);
}
// Range number `worker` of `count`: sizes differ by one at most, the longer ones first.
constexpr Range range_of(int worker, int count, std::int64_t tasks) {
  const std::int64_t size = tasks / count, longer = tasks % count;
  const auto start = [&](std::int64_t w) { return w * size + (w < longer ? w : longer); };
  return {start(worker), start(worker + 1)};
}

// Cores this process may run on, at least 1.
int default_threads();

// Calls work once for each of the workers(threads, tasks) non-empty ranges of [0, tasks); nothing if tasks <=
// 0. `worker` is the number of the range, so what a worker writes to its own slot depends on the call alone.
// The caller takes part. Ranges run one after another on the caller when one worker suffices, when the pool
// is busy (nested or concurrent calls) and when no thread can be started. If ranges throw, the exception of
// the lowest one is rethrown after all running ones have ended. All ranges run with default floats.
void parallel(int threads, std::int64_t tasks, Work work);

// While it lives, floating point is IEEE default: to nearest, no flush to zero, no denormals-are-zero, no
// traps. A thread inherits these from its creator, and callers may have set any of them.
class DefaultFloats {
 public:
#if defined(__SSE2__)
  // Written only where it differs (the low six bits report what happened): a write waits for all arithmetic before it.
  DefaultFloats() : saved_(_mm_getcsr()) {
    if ((saved_ | 0x3f) != 0x1fbf) _mm_setcsr(0x1f80);
  }
  ~DefaultFloats() {
    if ((saved_ | 0x3f) != 0x1fbf) _mm_setcsr(saved_);
  }
#elif defined(__aarch64__)
  DefaultFloats() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_) : : "memory");
    asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{0}) : "memory");
  }
  ~DefaultFloats() { asm volatile("msr fpcr, %0" : : "r"(saved_) : "memory"); }
#else
  DefaultFloats() : saved_(0) {}
  ~DefaultFloats() { static_cast<void>(saved_); }
#endif
  DefaultFloats(const DefaultFloats&) = delete;
  DefaultFloats& operator=(const DefaultFloats&) = delete;

 private:
#if defined(__aarch64__) && !defined(__SSE2__)
  std::uint64_t saved_;
#else
  unsigned saved_;
#endif
};

}  // namespace minimand::run
