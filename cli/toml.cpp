// One line after the other; what TOML has besides (arrays, inline tables, texts of several lines) is refused by name.
#include "cli/toml.h"

#include <charconv>
#include <minimand/error.hpp>
#include <set>

#include "cli/words.h"

namespace minimand::cli {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view escapes = "btnfr\"\\", meanings = "\b\t\n\f\r\"\\";

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t b) { out += static_cast<char>(b); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xc0 | code >> 6), byte(0x80 | (code & 63));
  if (code < 0x10000) return byte(0xe0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63));
  byte(0xf0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63));
}

class Line {
 public:
  Line(std::string_view text, const std::string& file, int number) : rest_(text), place_(file + ':' + std::to_string(number)) {}

  [[noreturn]] void fail(const std::string& why) const { throw error(error_code::CFG004, place_ + ": " + why); }
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Blanks and a comment may follow, and nothing else.
  bool ended() {
    skip_blanks();
    return rest_.empty() || rest_[0] == '#';
  }
  void end() {
    if (!ended()) fail("unexpected " + in_quotes(std::string(rest_)));
  }

  std::string name() { return text(" \t#\"'=[]{}"); }
  std::string value() {
    if (skip_blanks(); rest_.starts_with('[') || rest_.starts_with('{'))
      fail("a list or table is no value of an option; several names are one text with commas");
    return text(" \t#\"'");
  }

 private:
  // In quotes, or up to one of `ends`.
  std::string text(std::string_view ends) {
    skip_blanks();
    if (rest_.starts_with("\"\"\"") || rest_.starts_with("'''")) fail("a text of several lines is none of an option");
    if (take('\'')) return until_quote();
    if (take('"')) return unescaped();
    const std::size_t end = std::min(rest_.find_first_of(ends), rest_.size());
    if (end == 0) fail(rest_.empty() ? "a name or value is missing" : "unexpected " + in_quotes(std::string(rest_)));
    return taken(end);
  }
  std::string taken(std::size_t n) {
    std::string out(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return out;
  }
  std::string until_quote() {
    const std::size_t end = rest_.find('\'');
    if (end == rest_.npos) fail("a quote is not closed");
    std::string out = taken(end);
    take('\'');
    return out;
  }
  std::string unescaped() {
    std::string out;
    for (;;) {
      out += taken(std::min(rest_.find_first_of("\"\\"), rest_.size()));
      if (rest_.empty()) fail("a quote is not closed");
      if (take('"')) return out;
      take('\\');
      const std::size_t known = rest_.empty() ? escapes.npos : escapes.find(rest_[0]);
      if (known != escapes.npos) {
        out += meanings[known];
        rest_.remove_prefix(1);
      } else if (rest_.starts_with('u') || rest_.starts_with('U')) {
        append_utf8(out, code());
      } else {
        fail("\\ begins no escape of TOML; it is written \\\\, or the text in single quotes");
      }
    }
  }
  // uXXXX or UXXXXXXXX
  std::uint32_t code() {
    const std::size_t digits = rest_[0] == 'u' ? 4 : 8;
    const std::string_view hex = rest_.substr(1, digits);
    std::uint32_t out = 0;
    const auto [end, failed] = std::from_chars(hex.data(), hex.data() + hex.size(), out, 16);
    if (hex.size() != digits || failed != std::errc() || end != hex.data() + hex.size() || out > 0x10ffff || (out >= 0xd800 && out < 0xe000))
      fail("\\" + std::string(1, rest_[0]) + " is not followed by the " + std::to_string(digits) + " hexadecimal digits of a character");
    rest_.remove_prefix(1 + digits);
    return out;
  }

  std::string_view rest_;
  std::string place_;
};

}  // namespace

std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& file) {
  std::vector<TomlEntry> out;
  std::set<std::pair<std::string, std::string>> known;
  std::string table;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    Line line(content, file, number);
    if (content.find('\0') != content.npos) line.fail("it holds a NUL byte");
    if (line.ended()) continue;
    if (line.take('[')) {
      table = line.name();
      line.skip_blanks();
      if (!line.take(']')) line.fail("a table is [name]");
    } else {
      TomlEntry entry{table, line.name(), "", number};
      line.skip_blanks();
      if (!line.take('=')) line.fail("a line is name = value");
      entry.value = line.value();
      if (!known.emplace(table, entry.name).second) line.fail(in_quotes(entry.name) + " is there twice");
      out.push_back(std::move(entry));
    }
    line.end();
  }
  return out;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const std::size_t known = meanings.find(c);
    if (known != meanings.npos) {
      out += {'\\', escapes[known]};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      constexpr char digits[] = "0123456789abcdef";
      out += {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace minimand::cli
