// Views by plain indexing, for the tests of src/run.
#pragma once

#include <cstdint>

#include <minimand/array.hpp>

namespace minimand::run {

// Element `index` in row-major order by plain indexing.
inline char* plain_address(const array& a, std::int64_t index) {
  char* at = static_cast<char*>(a.data);
  for (int i = a.rank; i-- > 0; index /= a.shape[i]) at += index % a.shape[i] * a.strides[i];
  return at;
}

}  // namespace minimand::run
