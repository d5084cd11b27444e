// Memory of a chunk.
#include "io/rows.h"

#include <algorithm>

namespace minimand::io {

std::byte* Buffer::reserve(std::int64_t bytes, const std::string& name) {
  const std::int64_t had = static_cast<std::int64_t>(bytes_.size());
  if (bytes > most_) {
    throw error(error_code::MEM001, name + ": needs a buffer of " + std::to_string(bytes) +
                                        " B; the limit is " + std::to_string(most_));
  }
  if (bytes > had) bytes_.resize(static_cast<std::size_t>(bytes));
  return bytes_.data();
}

std::vector<std::byte> Buffer::take(std::int64_t bytes) {
  bytes_.resize(static_cast<std::size_t>(bytes));
  return std::exchange(bytes_, {});
}

}  // namespace minimand::io
