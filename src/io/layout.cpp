// Checks of declared shapes and sizes, without trusting either.
#include "io/layout.h"

#include <algorithm>

namespace minimand::io {
namespace {

// Rows without bytes cost nothing in a file, so the size of the file cannot bound how many there are.
constexpr std::int64_t largest_empty_extent = std::int64_t{1} << 24;

}  // namespace

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string out = "(";
  for (std::size_t a = 0; a < shape.size(); ++a) {
    if (a > 0) out += ", ";
    out += std::to_string(shape[a]);
  }
  return out + (shape.size() == 1 ? ",)" : ")");
}

void measure(Layout& layout, const std::string& name, error_code code) {
  const std::string what = name + ": header declares shape " + shape_text(layout.shape);
  if (layout.shape.size() > static_cast<std::size_t>(max_rank)) {
    throw error(error_code::SHP002, name + ": array has " + std::to_string(layout.shape.size()) +
                                        " axes; at most " + std::to_string(max_rank) + " can be used");
  }
  const bool none = std::find(layout.shape.begin(), layout.shape.end(), 0) != layout.shape.end();
  unsigned __int128 bytes = size_of(layout.type);
  for (const std::int64_t extent : layout.shape) {
    if (extent < 0) throw error(code, what + "; extents are 0 or more");
    if (none && extent > largest_empty_extent) {
      throw error(code, what + "; an array without elements has extents up to " +
                            std::to_string(largest_empty_extent));
    }
    if (extent > 0 && !none) bytes *= static_cast<unsigned __int128>(extent);
    if (bytes > static_cast<unsigned __int128>(std::numeric_limits<std::int64_t>::max())) {
      throw error(code, what + ", which is more than 2^63 - 1 B");
    }
  }
  layout.bytes = none ? 0 : static_cast<std::int64_t>(bytes);
}

void check_size(const Layout& layout, std::int64_t size, bool lenient, const std::string& name,
                error_code code) {
  if (size < 0) return;
  const std::int64_t held = size - layout.begin;
  if (held == layout.bytes || (lenient && held > layout.bytes)) return;
  throw error(code, name + ": header declares " + std::to_string(layout.bytes) + " B of data (shape " +
                        shape_text(layout.shape) + ", " + minimand::name(layout.type) + "), file has " +
                        std::to_string(held) + " after offset " + std::to_string(layout.begin));
}

}  // namespace minimand::io
