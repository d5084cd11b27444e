// Images changed a little at random before they are learnt from: "shift:2:flip".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "learn/convolution.h"
#include "learn/data.h"

namespace minimand::learn {

class Augment {
 public:
  Augment() = default;
  // "", "flip", "shift:2", "shift:2:flip". PAR005
  explicit Augment(std::string_view text);
  std::string text() const;
  bool any() const noexcept { return shift_ > 0 || flip_; }

  // Row `row` of the data in `epoch`, scaled, in x[image.size()]: moved by up to `shift` pixels either way, where what
  // comes in is what 0 is scaled to, and mirrored every other time. What happens depends on seed, epoch and row.
  void apply(const Image& image, const Scaling& scaling, std::uint64_t seed, std::int64_t epoch, std::int64_t row,
             float* x, float* scratch) const;

 private:
  std::int64_t shift_ = 0;  // pixels
  bool flip_ = false;       // left and right
};

}  // namespace minimand::learn
