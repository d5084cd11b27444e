// Memory streams: STREAM's triad and copy (McCalpin 1995) with stores that bypass the caches.
#include "cli/control.h"

#include <algorithm>
#include <barrier>
#include <thread>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace minimand::cli {
namespace {

constexpr std::int64_t line = 64;                           // bytes of a cache line
constexpr std::int64_t in_cache = std::int64_t{4} << 20;    // streams that together are smaller stay there

struct Streams {
  const float* read[2];
  float* write[2];
  int reads, writes;
  bool bypass;
};

#if defined(__SSE2__)
template <bool bypass>
inline void store(float* to, __m128 v) {
  if constexpr (bypass) _mm_stream_ps(to, v);
  else _mm_store_ps(to, v);
}

template <int reads, int writes, bool bypass>
float walk(const Streams& s, std::int64_t begin, std::int64_t end) {
  const __m128 factor = _mm_set1_ps(0.5f);
  __m128 sum[4] = {};
  for (std::int64_t i = begin; i < end; i += 16) {  // a line at a time
    for (int k = 0; k < 4; ++k) {
      __m128 v = _mm_load_ps(s.read[0] + i + 4 * k);
      if constexpr (reads == 2) v = _mm_add_ps(v, _mm_mul_ps(factor, _mm_load_ps(s.read[1] + i + 4 * k)));
      if constexpr (writes >= 1) store<bypass>(s.write[0] + i + 4 * k, v);
      if constexpr (writes == 0) sum[k] = _mm_add_ps(sum[k], v);
      if constexpr (writes == 2) sum[k] = v;
    }
    if constexpr (writes == 2) {
      for (int k = 0; k < 4; ++k) store<bypass>(s.write[1] + i + 4 * k, sum[k]);
    }
  }
  if constexpr (bypass) _mm_sfence();
  return _mm_cvtss_f32(_mm_add_ps(_mm_add_ps(sum[0], sum[1]), _mm_add_ps(sum[2], sum[3])));
}
#else
template <int reads, int writes, bool>
float walk(const Streams& s, std::int64_t begin, std::int64_t end) {
  float sum[16] = {};
  for (std::int64_t i = begin; i < end; i += 16) {
    for (int k = 0; k < 16; ++k) {
      float v = s.read[0][i + k];
      if constexpr (reads == 2) v += 0.5f * s.read[1][i + k];
      if constexpr (writes >= 1) s.write[0][i + k] = v;
      if constexpr (writes == 2) s.write[1][i + k] = v;
      sum[k] += v;
    }
  }
  return sum[0];
}
#endif

template <int reads, int writes>
float walk(const Streams& s, std::int64_t begin, std::int64_t end) {
  return s.bypass ? walk<reads, writes, true>(s, begin, end) : walk<reads, writes, false>(s, begin, end);
}

float walk(const Streams& s, std::int64_t begin, std::int64_t end) {
  if (s.reads == 2) return s.writes == 0 ? walk<2, 0>(s, begin, end) : s.writes == 1 ? walk<2, 1>(s, begin, end) : walk<2, 2>(s, begin, end);
  return s.writes == 0 ? walk<1, 0>(s, begin, end) : s.writes == 1 ? walk<1, 1>(s, begin, end) : walk<1, 2>(s, begin, end);
}

}  // namespace

struct Control::Workers {
  Workers(int reads, int writes, std::int64_t bytes, int threads)
      : floats((bytes + line - 1) / line * (line / 4)), gate(threads), memory(static_cast<std::size_t>(reads + writes)) {
    s.reads = reads, s.writes = writes;
    s.bypass = floats * 4 * (reads + writes) > in_cache;
    for (std::size_t i = 0; i < memory.size(); ++i) {
      memory[i].assign(static_cast<std::size_t>(floats) + 16, 1.0f);
      void* at = memory[i].data();
      std::size_t room = memory[i].size() * sizeof(float);
      auto* aligned = static_cast<float*>(std::align(line, static_cast<std::size_t>(floats) * 4, at, room));
      if (static_cast<int>(i) < reads) s.read[i] = aligned;
      else s.write[i - static_cast<std::size_t>(reads)] = aligned;
    }
    for (int t = 1; t < threads; ++t) {
      others.emplace_back([this, t, threads] {
        for (;;) {
          gate.arrive_and_wait();
          if (stop) return;
          part(t, threads);
          gate.arrive_and_wait();
        }
      });
    }
    count = threads;
  }
  ~Workers() {
    stop = true;
    if (count > 1) gate.arrive_and_wait();
  }
  void part(int t, int threads) {
    const std::int64_t lines = floats / 16;
    volatile float kept = walk(s, lines * t / threads * 16, lines * (t + 1) / threads * 16);
    static_cast<void>(kept);
  }
  void run() {
    if (count == 1) return part(0, 1);
    gate.arrive_and_wait();
    part(0, count);
    gate.arrive_and_wait();
  }

  std::int64_t floats;
  int count = 1;
  bool stop = false;
  std::barrier<> gate;
  std::vector<std::vector<float>> memory;
  Streams s = {};
  std::vector<std::jthread> others;  // joined before what they use goes away
};

Control::Control(int reads, int writes, std::int64_t bytes, int threads)
    : workers_(std::make_unique<Workers>(reads, writes, bytes, threads)), moved_((reads + writes) * bytes) {}
Control::~Control() = default;
void Control::run() { workers_->run(); }

}  // namespace minimand::cli
