// A vector whose memory begins at a cache line: the same alignment, hence the same paths in a matrix product,
// in every run and thread.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace minimand::learn {

template <class T>
struct Aligned {
  using value_type = T;
  static constexpr std::align_val_t line{64};

  Aligned() = default;
  template <class U>
  Aligned(const Aligned<U>&) {}  // NOLINT: allocators convert
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), line)); }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, line); }
  bool operator==(const Aligned&) const { return true; }
};

template <class T>
using AlignedVector = std::vector<T, Aligned<T>>;

}  // namespace minimand::learn
