// Elements of views to and from the types of computation, a run of equal steps at a time; the loops are plain
// so that compilers vectorise them.
#include "run/convert.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "run/half.h"
#include "run/layout.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace minimand::run {
namespace {

// Loads and stores of any alignment.
template <class S>
inline S load(const char* from) {
  S x;
  std::memcpy(&x, from, sizeof x);
  return x;
}

// One rounding from any element to T.
template <class T, class S>
inline T read(S x) {
  if constexpr (std::is_same_v<S, f16> || std::is_same_v<S, bf16>) {
    return static_cast<T>(widen(x));
  } else {
    return static_cast<T>(x);
  }
}

// One rounding from T to the element of an output of f32 or f64: no negative zero, no other NaN.
template <class S, class T>
inline S written(T x) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  constexpr Bits infinity = std::bit_cast<Bits>(std::numeric_limits<S>::infinity()), sign = ~(~Bits{0} >> 1);
  const Bits bits = std::bit_cast<Bits>(static_cast<S>(x));
  const Bits number = bits == sign ? 0 : bits;
  return std::bit_cast<S>((bits & ~sign) > infinity ? std::bit_cast<Bits>(std::numeric_limits<S>::quiet_NaN())
                                                    : number);
}

template <class S>
inline constexpr bool is_half = std::is_same_v<S, f16> || std::is_same_v<S, bf16>;
constexpr std::int64_t staged = 256;  // elements brought together before they are converted

// Calls f with a value of the element type; a bool comes as its byte.
template <class F>
void with_type(dtype type, F f) {
  switch (type) {
    case dtype::f32: return f(float{});
    case dtype::f64: return f(double{});
    case dtype::f16: return f(f16{});
    case dtype::bf16: return f(bf16{});
    case dtype::i8: return f(std::int8_t{});
    case dtype::i16: return f(std::int16_t{});
    case dtype::i32: return f(std::int32_t{});
    case dtype::i64: return f(std::int64_t{});
    case dtype::u8: return f(std::uint8_t{});
    case dtype::u16: return f(std::uint16_t{});
    case dtype::u32: return f(std::uint32_t{});
    case dtype::u64: return f(std::uint64_t{});
    case dtype::boolean: return f(bool{});
  }
}

// f(data, stride, n, done) for each run of elements of one stride, in row-major order; `done` came before.
template <class F>
void for_runs(const array& whole, std::int64_t first, std::int64_t n, F f) {
  if (n <= 0) return;
  const array a = compact(whole);
  if (a.rank < 2) {
    const std::int64_t stride = a.rank ? a.strides[0] : 0;
    return f(static_cast<char*>(a.data) + first * stride, stride, n, std::int64_t{0});
  }
  std::int64_t at[max_rank];
  char* data = static_cast<char*>(a.data);
  for (int i = a.rank; i-- > 0; first /= a.shape[i]) {
    at[i] = first % a.shape[i];
    data += at[i] * a.strides[i];
  }
  const int inner = a.rank - 1;
  for (std::int64_t done = 0;;) {
    const std::int64_t run = std::min(n - done, a.shape[inner] - at[inner]);
    f(data, a.strides[inner], run, done);
    done += run;
    if (done == n) return;
    data -= at[inner] * a.strides[inner];
    at[inner] = 0;
    for (int i = inner; i-- > 0;) {
      data += a.strides[i];
      if (++at[i] < a.shape[i]) break;
      data -= a.shape[i] * a.strides[i];
      at[i] = 0;
    }
  }
}

template <class T, class S>
void read_run(const char* from, std::int64_t stride, std::int64_t n, T* out) {
  // numpy's bool holds 0 or 1, a byte from elsewhere may not
  const auto element = [](const char* at) {
    if constexpr (std::is_same_v<S, bool>) {
      return static_cast<T>(load<std::uint8_t>(at) != 0);
    } else {
      return read<T>(load<S>(at));
    }
  };
  constexpr std::int64_t size = sizeof(S);
  if (stride == 0) {
    std::fill(out, out + n, element(from));
  } else if constexpr (is_half<S>) {
    if (stride == size) return widen_run<T, S>(from, n, out);
    char buffer[staged * size];
    for (std::int64_t begin = 0; begin < n; begin += staged) {
      const std::int64_t count = std::min(staged, n - begin);
      for (std::int64_t i = 0; i < count; ++i)
        std::memcpy(buffer + i * size, from + (begin + i) * stride, size);
      widen_run<T, S>(buffer, count, out + begin);
    }
  } else if (stride != size) {
    for (std::int64_t i = 0; i < n; ++i) out[i] = element(from + i * stride);
  } else if constexpr (std::is_same_v<S, T>) {
    std::memcpy(out, from, static_cast<std::size_t>(n) * sizeof(T));
  } else {
    for (std::int64_t i = 0; i < n; ++i) out[i] = element(from + i * size);
  }
}

template <class S, class T>
void write_run(const T* in, std::int64_t n, char* to, std::int64_t stride) {
  constexpr std::int64_t size = sizeof(S);
  if constexpr (is_half<S>) {
    if (stride == size) return narrow_run<S>(in, n, to);
    char buffer[staged * size];
    for (std::int64_t begin = 0; begin < n; begin += staged) {
      const std::int64_t count = std::min(staged, n - begin);
      narrow_run<S>(in + begin, count, buffer);
      for (std::int64_t i = 0; i < count; ++i)
        std::memcpy(to + (begin + i) * stride, buffer + i * size, size);
    }
  } else {
    const auto put = [&](std::int64_t i, char* at) {
      const S x = written<S>(in[i]);
      std::memcpy(at, &x, sizeof x);
    };
    if (stride == size) {
      for (std::int64_t i = 0; i < n; ++i) put(i, to + i * size);
    } else {
      for (std::int64_t i = 0; i < n; ++i) put(i, to + i * stride);
    }
  }
}

// Contiguous elements past the caches: whole lines; what precedes the first and follows the last goes through them.
template <class S, class T>
void stream_run(const T* in, std::int64_t n, char* to) {
#if defined(__SSE2__)
  constexpr std::int64_t line = 64, size = sizeof(S), each = line / size;
  const std::int64_t gap = static_cast<std::int64_t>(-reinterpret_cast<std::uintptr_t>(to) % line);
  if (gap % size == 0 && n >= gap / size + each) {
    const std::int64_t head = gap / size;
    write_run<S>(in, head, to, size);
    in += head, to += gap, n -= head;
    alignas(16) char piece[16 * line];
    for (std::int64_t count = 0; n >= each; in += count, to += count * size, n -= count) {
      count = std::min(16 * each, n / each * each);
      write_run<S>(in, count, piece, size);
      for (std::int64_t i = 0; i < count * size; i += 16) {
        const __m128i x = _mm_load_si128(reinterpret_cast<const __m128i*>(piece + i));
        _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), x);
      }
    }
  }
#endif
  write_run<S>(in, n, to, sizeof(S));
}

}  // namespace

float to_float(f16 x) noexcept { return widen(x); }
float to_float(bf16 x) noexcept { return widen(x); }
f16 to_f16(float x) noexcept { return {narrowed<f16>(x)}; }
f16 to_f16(double x) noexcept { return {narrowed<f16>(x)}; }
bf16 to_bf16(float x) noexcept { return {narrowed<bf16>(x)}; }
bf16 to_bf16(double x) noexcept { return {narrowed<bf16>(x)}; }

template <class T>
void gather_run(const void* from, dtype type, std::int64_t stride, std::int64_t n, T* out) {
  if (n <= 0) return;
  with_type(type, [&](auto s) { read_run<T, decltype(s)>(static_cast<const char*>(from), stride, n, out); });
}

template <class T>
void gather(const array& from, std::int64_t first, std::int64_t n, T* out) {
  for_runs(from, first, n, [&](const char* data, std::int64_t stride, std::int64_t run, std::int64_t done) {
    gather_run(data, from.type, stride, run, out + done);
  });
}

template <class T>
void scatter_run(const T* in, std::int64_t n, void* to, dtype type, std::int64_t stride, bool stream) {
  const auto write = [&](auto s) {
    using S = decltype(s);
    if (stream && stride == sizeof(S))
      stream_run<S>(in, n, static_cast<char*>(to));
    else
      write_run<S>(in, n, static_cast<char*>(to), stride);
  };
  switch (type) {
    case dtype::f32: return write(float{});
    case dtype::f64: return write(double{});
    case dtype::f16: return write(f16{});
    case dtype::bf16: return write(bf16{});
    default:
      throw error(error_code::SHP002,
                  std::string("an output of type ") + minimand::name(type) + " cannot be written");
  }
}

template <class T>
void scatter(const T* in, std::int64_t first, std::int64_t n, const array& to, bool stream) {
  for_runs(to, first, n, [&](char* data, std::int64_t stride, std::int64_t run, std::int64_t done) {
    scatter_run(in + done, run, data, to.type, stride, stream);
  });
}

BadLabels read_labels(const array& from, std::int64_t first, std::int64_t n, std::int64_t* out) {
  constexpr std::int64_t none = std::numeric_limits<std::int64_t>::min();
  BadLabels bad;
  for_runs(from, first, n, [&](const char* data, std::int64_t stride, std::int64_t run, std::int64_t done) {
    with_type(from.type, [&](auto s) {
      using S = decltype(s);
      const auto report = [&](std::int64_t i) {
        if (bad.count++ == 0) bad.first = first + done + i;
        out[done + i] = none;
      };
      for (std::int64_t i = 0; i < run; ++i) {
        const char* at = data + i * stride;
        if constexpr (std::is_same_v<S, bool>) {
          out[done + i] = load<std::uint8_t>(at) != 0;
        } else if constexpr (std::is_same_v<S, std::uint64_t>) {
          const S x = load<S>(at);
          if (x >> 63)
            report(i);
          else
            out[done + i] = static_cast<std::int64_t>(x);
        } else if constexpr (std::is_integral_v<S>) {
          out[done + i] = load<S>(at);
        } else {
          const double x = read<double>(load<S>(at));
          // A cast outside this range is undefined; NaN fails the comparison.
          if (!(x >= -0x1p63 && x < 0x1p63) || x != std::trunc(x))
            report(i);
          else
            out[done + i] = static_cast<std::int64_t>(x);
        }
      }
    });
  });
  return bad;
}

std::string element_text(const array& from, std::int64_t index) {
  std::string text;
  const char* at = address(from, index);
  with_type(from.type, [&](auto s) {
    using S = decltype(s);
    char buffer[64];
    const auto print = [&](auto x) {
      text.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr);
    };
    if constexpr (std::is_same_v<S, bool>) {
      text = load<std::uint8_t>(at) != 0 ? "true" : "false";
    } else if constexpr (std::is_integral_v<S>) {
      print(load<S>(at));
    } else {
      const auto x = [&] {
        if constexpr (std::is_same_v<S, double>)
          return load<S>(at);
        else
          return read<float>(load<S>(at));
      }();
      if (x != x)
        text = "nan";
      else
        print(x);
    }
  });
  return text;
}

template void gather(const array&, std::int64_t, std::int64_t, float*);
template void gather(const array&, std::int64_t, std::int64_t, double*);
template void gather_run(const void*, dtype, std::int64_t, std::int64_t, float*);
template void gather_run(const void*, dtype, std::int64_t, std::int64_t, double*);
template void scatter(const float*, std::int64_t, std::int64_t, const array&, bool);
template void scatter(const double*, std::int64_t, std::int64_t, const array&, bool);
template void scatter_run(const float*, std::int64_t, void*, dtype, std::int64_t, bool);
template void scatter_run(const double*, std::int64_t, void*, dtype, std::int64_t, bool);

}  // namespace minimand::run
