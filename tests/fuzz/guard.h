// The limits every input must keep: memory live at any moment and processor time, both bounded by its size.
#pragma once

#include <sanitizer/allocator_interface.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace minimand::fuzz {

#define MINIMAND_REQUIRE(condition)                                                      \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

inline std::atomic<std::int64_t> live_bytes{0}, peak_bytes{0};

inline void count_malloc(const volatile void*, std::size_t bytes) {
  const std::int64_t now = live_bytes += static_cast<std::int64_t>(bytes);
  if (now > peak_bytes) peak_bytes = now;
}
inline void count_free(const volatile void* p) {
  if (p) live_bytes -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(const_cast<const void*>(p)));
}

inline double processor_seconds() {
  ::timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// I1: live memory <= 2 x input + 64 MiB. I2: time <= c x input, c generous for a sanitized build on a busy
// machine.
class Guard {
 public:
  explicit Guard(std::size_t input_bytes) : input_(static_cast<std::int64_t>(input_bytes)) {
    static const int installed = __sanitizer_install_malloc_and_free_hooks(count_malloc, count_free);
    MINIMAND_REQUIRE(installed > 0);
    begin_ = live_bytes;
    peak_bytes = begin_;
    start_ = processor_seconds();
  }
  ~Guard() {
    MINIMAND_REQUIRE(peak_bytes - begin_ <= 2 * input_ + (64 << 20));
    MINIMAND_REQUIRE(processor_seconds() - start_ <= 1.0 + 2e-4 * static_cast<double>(input_));
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  std::int64_t input_, begin_ = 0;
  double start_ = 0;
};

// Choices a target makes, drawn from the input itself so that a corpus file is nothing but a file (FNV-1a).
inline std::uint64_t draw(std::string_view input, std::uint64_t salt) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ salt * 0x9e3779b97f4a7c15;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash ^ hash >> 29;
}

}  // namespace minimand::fuzz
