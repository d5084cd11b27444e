// Loss texts: no text crashes the parser; what it accepts has one canonical text that means the same; what it refuses
// it refuses in one short printable line.
#include <cstring>
#include <string>
#include <vector>

#include <minimand/catalogue.hpp>

#include "api/about.h"
#include "one_line.h"

using namespace minimand;

namespace {

void require_same(const Loss& a, const Loss& b) {
  MINIMAND_REQUIRE(&a.entry() == &b.entry());
  MINIMAND_REQUIRE(a.text() == b.text());
  const std::size_t bytes = parameters_of(a.entry()).size() * sizeof(double);
  MINIMAND_REQUIRE(std::memcmp(a.parameters(), b.parameters(), bytes) == 0);
}

void require_clear(const error& e) {
  const int code = static_cast<int>(e.code());
  MINIMAND_REQUIRE(code >= static_cast<int>(error_code::PAR001) && code <= static_cast<int>(error_code::PAR004));
  fuzz::require_one_line(e);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  find_loss("");  // the catalogue is built once, on nobody's account
  const fuzz::Guard guard(size);
  try {
    const std::vector<Loss> all = losses(text);
    std::string canonical;
    for (const Loss& each : all) {
      require_same(loss(each.text()), each);
      canonical += (canonical.empty() ? "" : ",") + each.text();
    }
    const std::vector<Loss> again = losses(canonical);
    MINIMAND_REQUIRE(again.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) require_same(again[i], all[i]);
  } catch (const error& e) {
    require_clear(e);
  }
  return 0;
}
