// Text from outside made safe to print.
#include "api/escape.h"

#include <cstdint>

namespace minimand {
namespace {

struct Character {
  std::size_t bytes;  // how many bytes it takes, at least 1
  bool printable;
};

// The UTF-8 character at the front of `text`, which is not empty (Unicode 15, table 3-7).
Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead >= 0x20 && lead != 0x7f};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {1, false};
  std::uint32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {1, false};
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {1, false};
  // C1 controls, line and paragraph separators, and the marks that reorder text (CVE-2021-42574).
  const bool hidden = code < 0xa0 || (code >= 0x200b && code <= 0x200f) ||
                      (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
                      code == 0xfeff;
  return {length, !hidden};
}

void append_byte(std::string& out, unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
}

}  // namespace

std::string escaped(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t room = 0;  // length up to which `out` may be kept if "..." must follow
  while (!text.empty()) {
    if (out.size() + 3 <= limit) room = out.size();
    const auto [bytes, printable] = decode(text);
    if (text[0] == '\\' || text[0] == '"') {
      out += {'\\', text[0]};
    } else if (printable) {
      out += text.substr(0, bytes);
    } else {
      for (std::size_t i = 0; i < bytes; ++i) append_byte(out, static_cast<unsigned char>(text[i]));
    }
    text.remove_prefix(bytes);
    if (out.size() > limit) return out.substr(0, room) + "...";
  }
  return out;
}

}  // namespace minimand
