// Convolutions as products with gathered neighbourhoods, one image at a time so that they stay in the cache.
#include "learn/convolution.h"

#include <algorithm>

#include "learn/aligned.h"
#include "learn/convolution_onednn.h"
#include "learn/gemm.h"

namespace minimand::learn {
namespace {

// columns (pixels, 3, 3, channels): the neighbourhood of each pixel, 0 outside the image.
template <class T>
void gather(const Image& in, const T* x, T* columns) {
  const std::int64_t c = in.channels;
  for (std::int64_t i = 0; i < in.height; ++i) {
    for (std::int64_t j = 0; j < in.width; ++j) {
      for (std::int64_t di = -1; di <= 1; ++di) {
        for (std::int64_t dj = -1; dj <= 1; ++dj, columns += c) {
          const std::int64_t u = i + di, v = j + dj;
          if (u < 0 || u >= in.height || v < 0 || v >= in.width)
            std::fill_n(columns, c, T(0));
          else
            std::copy_n(x + (u * in.width + v) * c, c, columns);
        }
      }
    }
  }
}

// The transpose of gather: adds each neighbourhood to the image.
template <class T>
void scatter(const Image& in, const T* columns, T* x) {
  const std::int64_t c = in.channels;
  std::fill_n(x, in.size(), T(0));
  for (std::int64_t i = 0; i < in.height; ++i) {
    for (std::int64_t j = 0; j < in.width; ++j) {
      for (std::int64_t di = -1; di <= 1; ++di) {
        for (std::int64_t dj = -1; dj <= 1; ++dj, columns += c) {
          const std::int64_t u = i + di, v = j + dj;
          if (u < 0 || u >= in.height || v < 0 || v >= in.width) continue;
          T* to = x + (u * in.width + v) * c;
          for (std::int64_t k = 0; k < c; ++k) to[k] += columns[k];
        }
      }
    }
  }
}

}  // namespace

template <class T>
void convolve(const Convolution& c, std::int64_t images, const T* x, const T* weight, T* z) {
  if constexpr (onednn::convolves<T>) {
    onednn::convolve(c, images, x, weight, z);
  } else {
    const std::int64_t pixels = c.in.pixels(), fan_in = c.fan_in();
    AlignedVector<T> columns(static_cast<std::size_t>(pixels * fan_in));
    for (std::int64_t i = 0; i < images; ++i) {
      gather(c.in, x + i * c.in.size(), columns.data());
      gemm(Op::plain, Op::plain, pixels, c.outputs, fan_in, T(1), columns.data(), fan_in, weight, c.outputs, T(0),
           z + i * pixels * c.outputs, c.outputs);
    }
  }
}

template <class T>
void convolve_back(const Convolution& c, std::int64_t images, const T* dz, const T* weight, T* dx) {
  if constexpr (onednn::convolves<T>) {
    onednn::convolve_back(c, images, dz, weight, dx);
  } else {
    const std::int64_t pixels = c.in.pixels(), fan_in = c.fan_in();
    AlignedVector<T> columns(static_cast<std::size_t>(pixels * fan_in));
    for (std::int64_t i = 0; i < images; ++i) {
      gemm(Op::plain, Op::transposed, pixels, fan_in, c.outputs, T(1), dz + i * pixels * c.outputs, c.outputs, weight,
           c.outputs, T(0), columns.data(), fan_in);
      scatter(c.in, columns.data(), dx + i * c.in.size());
    }
  }
}

template <class T>
void convolve_weights(const Convolution& c, std::int64_t images, const T* x, const T* dz, T* dw) {
  if constexpr (onednn::convolves<T>) {
    onednn::convolve_weights(c, images, x, dz, dw);
  } else {
    const std::int64_t pixels = c.in.pixels(), fan_in = c.fan_in();
    AlignedVector<T> columns(static_cast<std::size_t>(pixels * fan_in));
    for (std::int64_t i = 0; i < images; ++i) {
      gather(c.in, x + i * c.in.size(), columns.data());
      gemm(Op::transposed, Op::plain, fan_in, c.outputs, pixels, T(1), columns.data(), fan_in,
           dz + i * pixels * c.outputs, c.outputs, T(i > 0), dw, c.outputs);
    }
  }
}

template <class T>
void pool(const Convolution& c, std::int64_t images, const T* z, T* y, std::uint8_t* place) {
  const Image out = c.pooled();
  const std::int64_t k = c.outputs, line = c.in.width * k;
  for (std::int64_t n = 0; n < images; ++n, z += c.in.pixels() * k) {
    for (std::int64_t i = 0; i < out.height; ++i) {
      for (std::int64_t j = 0; j < out.width; ++j, y += k, place += k) {
        const T* corner = z + 2 * i * line + 2 * j * k;
        const T* four[] = {corner, corner + k, corner + line, corner + line + k};
        for (std::int64_t o = 0; o < k; ++o) {
          T most = four[0][o];
          std::uint8_t at = 0;
          for (std::uint8_t q = 1; q < 4; ++q) {
            const bool more = !(four[q][o] <= most);  // a NaN wins and stays
            most = more ? four[q][o] : most;
            at = more ? q : at;
          }
          y[o] = most, place[o] = at;
        }
      }
    }
  }
}

template <class T>
void pool_back(const Convolution& c, std::int64_t images, const T* dy, const std::uint8_t* place, T* dz) {
  const Image out = c.pooled();
  const std::int64_t k = c.outputs, line = c.in.width * k;
  std::fill_n(dz, images * c.in.pixels() * k, T(0));
  for (std::int64_t n = 0; n < images; ++n, dz += c.in.pixels() * k) {
    for (std::int64_t i = 0; i < out.height; ++i) {
      for (std::int64_t j = 0; j < out.width; ++j, dy += k, place += k) {
        T* corner = dz + 2 * i * line + 2 * j * k;
        for (std::int64_t o = 0; o < k; ++o) corner[(place[o] >> 1) * line + (place[o] & 1) * k + o] = dy[o];
      }
    }
  }
}

template void convolve(const Convolution&, std::int64_t, const float*, const float*, float*);
template void convolve(const Convolution&, std::int64_t, const double*, const double*, double*);
template void convolve_back(const Convolution&, std::int64_t, const float*, const float*, float*);
template void convolve_back(const Convolution&, std::int64_t, const double*, const double*, double*);
template void convolve_weights(const Convolution&, std::int64_t, const float*, const float*, float*);
template void convolve_weights(const Convolution&, std::int64_t, const double*, const double*, double*);
template void pool(const Convolution&, std::int64_t, const float*, float*, std::uint8_t*);
template void pool(const Convolution&, std::int64_t, const double*, double*, std::uint8_t*);
template void pool_back(const Convolution&, std::int64_t, const float*, const std::uint8_t*, float*);
template void pool_back(const Convolution&, std::int64_t, const double*, const std::uint8_t*, double*);

}  // namespace minimand::learn
