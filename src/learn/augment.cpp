// Shifts and mirrors images.
#include "learn/augment.h"

#include <algorithm>
#include <charconv>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "learn/philox.h"

namespace minimand::learn {

Augment::Augment(std::string_view text) {
  const auto fail = [&] {
    throw error(error_code::PAR005, "augmentation \"" + escaped(text) +
                                        "\": write shift:N (pixels, 1 to 1000), flip, or shift:N:flip");
  };
  if (text.empty()) return;
  bool number = false;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (number) {
      const auto [at, code] = std::from_chars(word.data(), word.data() + word.size(), shift_);
      if (code != std::errc() || at != word.data() + word.size() || shift_ < 1 || shift_ > 1000) fail();
      number = false;
    } else if (word == "shift" && shift_ == 0) {
      number = true;
    } else if (word == "flip" && !flip_) {
      flip_ = true;
    } else {
      fail();
    }
    begin = end + 1;
  }
  if (number) fail();
}

std::string Augment::text() const {
  std::string text = shift_ > 0 ? "shift:" + std::to_string(shift_) : "";
  if (flip_) text += text.empty() ? "flip" : ":flip";
  return text;
}

void Augment::apply(const Image& image, const Scaling& scaling, std::uint64_t seed, std::int64_t epoch,
                    std::int64_t row, float* x, float* scratch) const {
  const PhiloxCounter words = Random(seed, Purpose::augment, static_cast<std::uint64_t>(epoch)).words(row);
  const auto draw = [&](std::uint32_t word) {  // -shift ... shift
    return static_cast<std::int64_t>(std::uint64_t{word} * static_cast<std::uint64_t>(2 * shift_ + 1) >> 32) - shift_;
  };
  const std::int64_t down = shift_ > 0 ? draw(words[0]) : 0, right = shift_ > 0 ? draw(words[1]) : 0;
  const bool mirrored = flip_ && (words[2] & 1) != 0;
  if (down == 0 && right == 0 && !mirrored) return;
  std::copy_n(x, image.size(), scratch);
  for (std::int64_t i = 0; i < image.height; ++i) {
    for (std::int64_t j = 0; j < image.width; ++j) {
      const std::int64_t u = i - down, straight = j - right, v = mirrored ? image.width - 1 - straight : straight;
      float* to = x + (i * image.width + j) * image.channels;
      if (u >= 0 && u < image.height && v >= 0 && v < image.width) {
        std::copy_n(scratch + (u * image.width + v) * image.channels, image.channels, to);
        continue;
      }
      for (std::int64_t c = 0; c < image.channels; ++c) {
        const auto k = static_cast<std::size_t>(to + c - x);
        to[c] = static_cast<float>(-scaling.shift[k] * scaling.scale[k]);
      }
    }
  }
}

}  // namespace minimand::learn
