// IDX files, plain and gzip: no bytes crash the reader; what it accepts, it delivers alike in any chunks,
// from files and from streams, packed and unpacked.
#include <zlib.h>

#include "io/gzip.h"
#include "read_back.h"

using namespace minimand;

namespace {

std::string gzipped(std::string_view bytes) {
  ::z_stream stream{};
  MINIMAND_REQUIRE(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 1, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  MINIMAND_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  // What gzip may unpack to counts as input: the limit of the reader is on their ratio.
  const fuzz::Guard guard(file.starts_with("\x1f\x8b") ? 1000 * size : size);
  const io::Options options;
  const auto read = [&](std::string_view bytes, int axis, std::int64_t rows, std::size_t step) {
    return fuzz::contents(
        [&] { return io::idx_rows(io::memory_source(bytes, "x.idx", step), axis, options); }, rows);
  };
  constexpr std::int64_t all = std::int64_t{1} << 62;
  const auto whole = read(file, 0, all, 0);
  // Refusals cost most of the time and rarely differ.
  if (!whole && fuzz::draw(file, 3) % 8 > 0) return 0;
  MINIMAND_REQUIRE(read(file, 0, 0, 0) == whole);
  const auto stream = read(file, 0, 0, 1 + fuzz::draw(file, 1) % 50);
  MINIMAND_REQUIRE(!stream || stream == whole);  // the ratio of a stream is judged as it goes
  if (const auto turned = read(file, 1, all, 0))
    MINIMAND_REQUIRE(whole && turned->elements == whole->elements);
  if (fuzz::draw(file, 2) % 4 == 0 && !file.starts_with("\x1f\x8b")) {
    MINIMAND_REQUIRE(read(gzipped(file), 0, 0, 0) == whole);
  }
  return 0;
}
