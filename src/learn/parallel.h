// Threads of the training code: the library's pool, with numbers too small for a normal float read and stored
// as zero inside. Moments that fade away would otherwise end as subnormals, which cost a hundred times as
// much.
#pragma once

#include "run/pool.h"

namespace minimand::learn {

class FlushSubnormals {
 public:
#if defined(__SSE2__)
  FlushSubnormals() : saved_(_mm_getcsr()) {
    _mm_setcsr(saved_ | 0x8040);
  }  // flush to zero, denormals are zero
  ~FlushSubnormals() { _mm_setcsr(saved_); }
#elif defined(__aarch64__)
  FlushSubnormals() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_) : : "memory");
    asm volatile("msr fpcr, %0" : : "r"(saved_ | std::uint64_t{1} << 24) : "memory");
  }
  ~FlushSubnormals() { asm volatile("msr fpcr, %0" : : "r"(saved_) : "memory"); }
#else
  FlushSubnormals() : saved_(0) {}
  ~FlushSubnormals() { static_cast<void>(saved_); }
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
#if defined(__aarch64__) && !defined(__SSE2__)
  std::uint64_t saved_;
#else
  unsigned saved_;
#endif
};

// Calls work(task, worker) for each task in [0, tasks); as run::parallel.
template <class F>
void each_task(int threads, std::int64_t tasks, F&& work) {
  run::parallel(threads, tasks, [&](std::int64_t first, std::int64_t last, int worker) {
    const FlushSubnormals flush;
    for (std::int64_t t = first; t < last; ++t) work(t, worker);
  });
}

}  // namespace minimand::learn
