// Convolutions of 3 x 3 with zeros around the image, and pooling of 2 x 2. Images are (height, width, channels),
// row-major. T is float, by oneDNN where the matrix products are too, or double, by matrix products over gathered
// neighbourhoods (im2col); they run in the calling thread.
#pragma once

#include <cstdint>

namespace minimand::learn {

struct Image {
  std::int64_t height = 0, width = 0, channels = 0;
  std::int64_t pixels() const { return height * width; }
  std::int64_t size() const { return height * width * channels; }
  bool operator==(const Image&) const = default;
};

// One convolution: from `in` to as many pixels of `outputs` channels. weight is (3, 3, in.channels, outputs).
struct Convolution {
  Image in;
  std::int64_t outputs = 0;
  std::int64_t fan_in() const { return 9 * in.channels; }
  Image pooled() const { return {in.height / 2, in.width / 2, outputs}; }
};

// x (images, in) -> z (images, pixels, outputs)
template <class T>
void convolve(const Convolution& c, std::int64_t images, const T* x, const T* weight, T* z);
// dz (images, pixels, outputs) -> dx (images, in)
template <class T>
void convolve_back(const Convolution& c, std::int64_t images, const T* dz, const T* weight, T* dx);
// dw (3, 3, in.channels, outputs) = sum over images and pixels
template <class T>
void convolve_weights(const Convolution& c, std::int64_t images, const T* x, const T* dz, T* dw);

// The largest of each 2 x 2 pixels, the first of equals; an odd last row or column is left out. place[i] tells which
// of the four it was. z (images, pixels, outputs) -> y (images, pooled())
template <class T>
void pool(const Convolution& c, std::int64_t images, const T* z, T* y, std::uint8_t* place);
// dy -> dz, 0 where a pixel was not the largest.
template <class T>
void pool_back(const Convolution& c, std::int64_t images, const T* dy, const std::uint8_t* place, T* dz);

}  // namespace minimand::learn
