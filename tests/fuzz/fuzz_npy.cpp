// .npy files: no bytes crash the reader; what it accepts, it delivers alike in any chunks, from files and
// from streams, and reads back equal after being written again.
#include "io/npy.h"
#include "read_back.h"

using namespace minimand;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const fuzz::Guard guard(size);
  io::Options options;
  if (fuzz::draw(file, 0) % 2) options.as = dtype::bf16;
  const auto read = [&](std::string_view bytes, int axis, std::int64_t rows, std::size_t step) {
    return fuzz::contents(
        [&] { return io::npy_rows(io::memory_source(bytes, "p.npy", step), axis, options); }, rows);
  };
  constexpr std::int64_t all = std::int64_t{1} << 62;
  const auto whole = read(file, 0, all, 0);
  // Refusals cost most of the time and rarely differ.
  if (!whole && fuzz::draw(file, 3) % 8 > 0) return 0;
  const auto chunks = read(file, 0, 0, 0);
  MINIMAND_REQUIRE(whole == chunks);
  const auto stream = read(file, 0, 0, 1 + fuzz::draw(file, 1) % 50);
  MINIMAND_REQUIRE(!stream || stream == whole);  // a stream refuses Fortran order
  // Along another axis the chunks are other slices of the same elements.
  const int axis = static_cast<int>(fuzz::draw(file, 2) % 5) - 2;
  if (const auto turned = read(file, axis, all, 0))
    MINIMAND_REQUIRE(whole && turned->elements == whole->elements);
  if (const auto slices = read(file, axis, 0, 0))
    MINIMAND_REQUIRE(slices->elements.size() == whole->elements.size());
  if (!whole) return 0;
  options.as = dtype::bf16;
  const std::string again = io::npy_header(whole->type, whole->shape) + whole->elements;
  MINIMAND_REQUIRE(read(again, 0, all, 0) == whole);
  return 0;
}
