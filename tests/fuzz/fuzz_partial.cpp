// Bytes of partial results: none crash the reader; what it accepts it writes back byte for byte, and finishing or
// merging it gives a result or a refusal.
#include <string>

#include <minimand/catalogue.hpp>

#include "guard.h"

using namespace minimand;

namespace {

// The input with a checksum that is right, so that what lies behind it is reached.
std::string sealed(std::string_view input) {
  std::string bytes(input);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(hash >> (8 * i));
  return bytes;
}

bool is_refusal(const error& e) { return e.code() == error_code::PRT001 || e.code() == error_code::PRT002; }

void look_at(std::string_view bytes) {
  Partial part;
  try {
    part = Partial::from_bytes(bytes);
  } catch (const error& e) {
    MINIMAND_REQUIRE(is_refusal(e));
    return;
  }
  MINIMAND_REQUIRE(part.to_bytes() == bytes);
  MINIMAND_REQUIRE(part.begin() <= part.end());
  for (const reduction how : {reduction::mean, reduction::weighted_mean, reduction::sum}) {
    try {
      const Result r = part.finish(how);
      MINIMAND_REQUIRE(r.count >= 0 && r.ignored >= 0 && r.count + r.ignored == part.end());
    } catch (const error& e) {
      MINIMAND_REQUIRE(is_refusal(e));
    }
  }
  Partial twice = part;
  try {
    twice.merge(part);
    MINIMAND_REQUIRE(part.begin() == part.end());
  } catch (const error& e) {
    MINIMAND_REQUIRE(e.code() == error_code::PRT002);
    MINIMAND_REQUIRE(twice.to_bytes() == bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  find_loss("");  // the catalogue is built once, on nobody's account
  const fuzz::Guard guard(size);
  look_at(input);
  look_at(sealed(input));
  return 0;
}
