// A strict reader of the IDX header: two zero bytes, element type, rank, big-endian extents.
#include "io/idx.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace minimand::io {
namespace {

constexpr struct {
  unsigned char code;
  dtype type;
} types[] = {{8, dtype::u8}, {9, dtype::i8}, {11, dtype::i16}, {12, dtype::i32}, {13, dtype::f32}, {14, dtype::f64}};

}  // namespace

Layout read_idx_header(Source& source, const Options&) {
  const std::string& name = source.name();
  unsigned char start[4];
  const std::size_t got = source.read(start, 4);
  if (got == 0) throw error(error_code::IDX001, name + ": is empty, not an IDX file");
  if (got < 4) throw error(error_code::IDX001, name + ": ends at offset " + std::to_string(got));
  if (start[0] != 0 || start[1] != 0) {
    throw error(error_code::IDX001, name + ": is not an IDX file (two zero bytes, offset 0)");
  }
  Layout layout;
  const auto* type = std::find_if(std::begin(types), std::end(types), [&](const auto& t) { return t.code == start[2]; });
  if (type == std::end(types)) {
    throw error(error_code::IDX001, name + ": element type " + std::to_string(start[2]) +
                                        " is not one of 8, 9, 11, 12, 13, 14 (offset 2)");
  }
  layout.type = type->type;
  layout.swapped = size_of(layout.type) > 1 && std::endian::native == std::endian::little;
  const int rank = start[3];
  if (rank == 0) throw error(error_code::IDX001, name + ": has no axes (offset 3)");
  for (int a = 0; a < rank; ++a) {
    unsigned char extent[4];
    if (source.read(extent, 4) < 4) {
      throw error(error_code::IDX001, name + ": ends within its header at offset " +
                                          std::to_string(source.position()) + "; " + std::to_string(rank) +
                                          " extents are declared");
    }
    std::int64_t value = 0;
    for (const unsigned char byte : extent) value = value << 8 | byte;
    layout.shape.push_back(value);
  }
  layout.begin = source.position();
  measure(layout, name, error_code::IDX001);
  check_size(layout, source.size(), false, name, error_code::IDX002);
  return layout;
}

}  // namespace minimand::io
