// A strict reader of the .npy header: a dictionary literal of three keys, nothing evaluated.
#include "io/npy.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "api/escape.h"

namespace minimand::io {
namespace {

constexpr std::size_t most_axes = 32;  // NumPy 1's limit; what minimand can use is less (measure())

// The element types as NumPy calls them, in the order of dtype. bf16 it does not know: V2 is any two bytes.
constexpr std::string_view kinds[] = {"f4", "f8", "f2", "V2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"};

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::int64_t offset, const Source& source, const Options& options)
      : text_(text), offset_(offset), name_(source.name()), options_(options) {}

  Layout parse() {
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!accept('}')) {
      const std::size_t key_at = at_;
      const std::string_view key = string();
      expect(':');
      bool* seen = key == "descr"           ? &descr
                   : key == "fortran_order" ? &order
                   : key == "shape"         ? &shape
                                            : nullptr;
      if (!seen) fail("unknown key \"" + escaped(key) + "\"", key_at);
      if (*seen) fail("key \"" + std::string(key) + "\" is there twice", key_at);
      *seen = true;
      if (seen == &descr) element_type();
      if (seen == &order) layout_.fortran = boolean();
      if (seen == &shape) extents();
      if (accept('}')) break;
      expect(',');
    }
    blanks();
    if (at_ != text_.size()) fail("something follows the dictionary");
    if (!descr || !order || !shape) fail("needs the keys descr, fortran_order and shape");
    return std::move(layout_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) { fail(what, at_); }
  [[noreturn]] void fail(const std::string& what, std::size_t at, error_code code = error_code::NPY002) {
    throw error(code, name_ + ": " + what + " (header, offset " +
                          std::to_string(offset_ + static_cast<std::int64_t>(at)) + ")");
  }

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool accept(char c) {
    blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("expected '") + c + "'");
  }

  std::string_view string() {
    blanks();
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) fail("expected a string");
    const char quote = text_[at_];
    const std::size_t first = ++at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] < ' ' || text_[at_] > '~' || text_[at_] == '\\') fail("unexpected byte in a string");
      ++at_;
    }
    if (at_ == text_.size()) fail("a string is not closed", first - 1);
    return text_.substr(first, at_++ - first);
  }

  bool boolean() {
    blanks();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return word == "True";
      }
    }
    fail("fortran_order is True or False");
  }

  std::int64_t extent() {
    blanks();
    const std::size_t first = at_;
    std::int64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      const std::int64_t digit = text_[at_] - '0';
      if (value > (std::numeric_limits<std::int64_t>::max() - digit) / 10) {
        fail("extent is more than 2^63 - 1", first);
      }
      value = 10 * value + digit;
      ++at_;
    }
    if (at_ == first) fail("an extent is a number, 0 or more");
    if (text_[first] == '0' && at_ - first > 1) fail("an extent does not begin with 0", first);
    return value;
  }

  void extents() {
    expect('(');
    if (accept(')')) return;
    for (;;) {
      if (layout_.shape.size() == most_axes) fail("more than " + std::to_string(most_axes) + " axes");
      layout_.shape.push_back(extent());
      const bool comma = accept(',');
      if (accept(')')) {
        if (!comma && layout_.shape.size() == 1) fail("shape is a tuple: (N,)");
        return;
      }
      if (!comma) fail("expected ',' or ')'");
    }
  }

  void element_type() {
    blanks();
    if (at_ < text_.size() && text_[at_] == '[') {
      fail("structured element types are not supported", at_, error_code::NPY003);
    }
    const std::size_t at = at_;
    const std::string_view descr = string();
    if (descr.find('O') != std::string_view::npos) {
      fail("object arrays are never read", at, error_code::NPY003);
    }
    const char order = descr.empty() ? '\0' : descr[0];
    const bool little = order == '<', big = order == '>';
    const std::string_view kind = descr.substr(little || big || order == '=' || order == '|');
    const auto type = find(kind);
    if (!type || kind.size() == descr.size()) {
      const std::string hint = kind == "V2" ? "; if it holds bf16, say so with --dtype bf16" : "";
      fail("element type \"" + escaped(descr) + "\" is not supported" + hint, at, error_code::NPY003);
    }
    layout_.type = *type;
    layout_.swapped = size_of(*type) > 1 && (std::endian::native == std::endian::little ? big : little);
  }

  std::optional<dtype> find(std::string_view kind) const {
    const auto* found = std::find(std::begin(kinds), std::end(kinds), kind);
    const auto type = static_cast<dtype>(found - std::begin(kinds));
    if (found == std::end(kinds) || (type == dtype::bf16 && options_.as != dtype::bf16)) return std::nullopt;
    return type;
  }

  std::string_view text_;
  std::int64_t offset_;
  const std::string& name_;
  const Options& options_;
  std::size_t at_ = 0;
  Layout layout_;
};

}  // namespace

Layout read_npy_header(Source& source, const Options& options) {
  unsigned char start[12];
  const std::string& name = source.name();
  const std::size_t got = source.read(start, 8);
  if (got == 0) throw error(error_code::NPY001, name + ": is empty, not an .npy file");
  const std::string_view magic(reinterpret_cast<const char*>(start), std::min(got, npy_magic.size()));
  if (magic != npy_magic) throw error(error_code::NPY001, name + ": is not an .npy file (magic, offset 0)");
  if (got < 8) throw error(error_code::NPY001, name + ": ends at offset " + std::to_string(got));
  const int version = start[6];
  if (version < 1 || version > 3 || start[7] != 0) {
    throw error(error_code::NPY001, name + ": is of .npy version " + std::to_string(version) + "." +
                                        std::to_string(start[7]) + "; 1.0, 2.0 and 3.0 are known (offset 6)");
  }
  const std::size_t width = version == 1 ? 2 : 4;
  if (source.read(start + 8, width) < width) {
    throw error(error_code::NPY002, name + ": ends within the length of its header (offset 8)");
  }
  std::int64_t length = 0;
  for (std::size_t i = width; i-- > 0;) length = length << 8 | start[8 + i];
  const std::int64_t offset = source.position();
  if (length > options.max_header) {
    throw error(error_code::NPY002, name + ": declares a header of " + std::to_string(length) +
                                        " B; at most " + std::to_string(options.max_header) + " (offset 8)");
  }
  if (source.size() >= 0 && length > source.size() - offset) {
    throw error(error_code::NPY002, name + ": declares a header of " + std::to_string(length) + " B, has " +
                                        std::to_string(source.size() - offset) + " after offset " +
                                        std::to_string(offset));
  }
  std::string text(static_cast<std::size_t>(length), '\0');
  const std::size_t held = source.read(text.data(), text.size());
  if (held < text.size()) {
    throw error(error_code::NPY002, name + ": declares a header of " + std::to_string(length) + " B, has " +
                                        std::to_string(held) + " after offset " + std::to_string(offset));
  }
  Layout layout = HeaderParser(text, offset, source, options).parse();
  layout.begin = source.position();
  measure(layout, name, error_code::NPY002);
  check_size(layout, source.size(), options.lenient, name, error_code::NPY004);
  return layout;
}

std::string npy_header(dtype type, std::span<const std::int64_t> shape, std::int64_t leading_digits) {
  const char order = size_of(type) == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  std::string out(npy_magic);
  out += {'\1', '\0', '\0', '\0'};
  out += "{'descr': '";
  out += order;
  out += kinds[static_cast<int>(type)];
  out += "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  // Room for the leading extent to become known: NumPy leaves the same.
  if (leading_digits > 0) {
    const std::int64_t used = shape.empty() ? 0 : static_cast<std::int64_t>(std::to_string(shape[0]).size());
    out.append(static_cast<std::size_t>(std::max<std::int64_t>(0, leading_digits - used)), ' ');
  }
  out.append(63 - out.size() % 64, ' ');
  out += '\n';
  const std::size_t length = out.size() - 10;
  out[8] = static_cast<char>(length & 255);
  out[9] = static_cast<char>(length >> 8);
  return out;
}

}  // namespace minimand::io
