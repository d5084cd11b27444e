// What the memory of this machine allows: the streams a loss needs, with the least arithmetic.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace minimand::cli {

class Control {
 public:
  // Reads `reads` streams and writes `writes` streams, each of so many bytes, on so many threads: triad is 2 and 1,
  // copy 1 and 1. Writes bypass the caches where all streams together are larger than they are.
  Control(int reads, int writes, std::int64_t bytes, int threads);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  void run();
  std::int64_t moved_bytes() const noexcept { return moved_; }

 private:
  struct Workers;
  std::unique_ptr<Workers> workers_;
  std::int64_t moved_;
};

}  // namespace minimand::cli
