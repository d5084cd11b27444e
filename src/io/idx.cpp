// A strict reader of the IDX header: two zero bytes, element type, rank, big-endian extents.
#include "io/idx.h"

#include <bit>

namespace minimand::io {

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
  switch (start[2]) {
    case 0x08:
      layout.type = dtype::u8;
      break;
    case 0x09:
      layout.type = dtype::i8;
      break;
    case 0x0b:
      layout.type = dtype::i16;
      break;
    case 0x0c:
      layout.type = dtype::i32;
      break;
    case 0x0d:
      layout.type = dtype::f32;
      break;
    case 0x0e:
      layout.type = dtype::f64;
      break;
    default:
      throw error(error_code::IDX001, name + ": element type " + std::to_string(start[2]) +
                                          " is not one of 8, 9, 11, 12, 13, 14 (offset 2)");
  }
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
