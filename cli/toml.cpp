// CLI11 reads TOML too, but the version of Debian 12 knows no escapes and ends a string at a #.
#include "cli/toml.h"

#include <algorithm>
#include <utility>

#include "cli/words.h"

namespace minimand::cli {
namespace {

// What follows a backslash, and what it stands for.
constexpr std::string_view escapes = "\"\\ntrbf", meanings = "\"\\\n\t\r\b\f";

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

class Line {
 public:
  Line(std::string_view text, std::string place) : text_(text), place_(std::move(place)) {}

  [[noreturn]] void fail(const std::string& what) const { throw error(error_code::PAR005, place_ + ": " + what); }

  bool accept(char c) {
    blanks();
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "' is missing");
  }
  // Nothing more but a comment.
  bool ends() {
    blanks();
    return text_.empty() || text_[0] == '#';
  }
  std::string name() {
    blanks();
    const auto end = std::find_if_not(text_.begin(), text_.end(), in_name);
    if (end == text_.begin()) fail("a name is missing");
    return take(static_cast<std::size_t>(end - text_.begin()));
  }
  std::string value() {
    if (accept('"')) return basic_string();
    if (accept('\'')) {
      const std::string out = take(std::min(text_.find('\''), text_.size()));
      close('\'');
      return out;
    }
    if (ends()) fail("a value is missing");
    if (text_[0] == '[' || text_[0] == '{') fail("an option has one value, no list");
    return take(std::min(text_.find_first_of(" \t#"), text_.size()));
  }

 private:
  void blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }
  std::string take(std::size_t n) {
    std::string out(text_.substr(0, n));
    text_.remove_prefix(n);
    return out;
  }
  void close(char quote) {
    if (!accept(quote)) fail("a string is not closed");
  }
  std::string basic_string() {
    std::string out;
    while (!text_.empty() && text_[0] != '"') {
      const char c = take(1)[0];
      if (c != '\\') {
        out += c;
        continue;
      }
      const std::size_t which = text_.empty() ? std::string_view::npos : escapes.find(text_[0]);
      if (which == std::string_view::npos) fail("unknown escape in a string");
      out += meanings[which];
      text_.remove_prefix(1);
    }
    close('"');
    return out;
  }

  std::string_view text_;
  std::string place_;  // "run.toml:3"
};

}  // namespace

std::vector<Setting> read_toml(std::string_view text, const std::string& file) {
  std::vector<Setting> out;
  std::string section;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view bytes = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    Line line(bytes, file + ':' + std::to_string(number));
    if (line.ends()) continue;
    if (line.accept('[')) {
      section = line.name();
      line.expect(']');
    } else {
      Setting s = {section, line.name(), ""};
      line.expect('=');
      s.value = line.value();
      const auto same = [&](const Setting& other) { return other.section == s.section && other.name == s.name; };
      if (std::any_of(out.begin(), out.end(), same)) line.fail(in_quotes(s.name) + " stands there twice");
      out.push_back(std::move(s));
    }
    if (!line.ends()) line.fail("something follows the value");
  }
  return out;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const std::size_t which = meanings.find(c);
    if (which == std::string_view::npos) out += c;
    else out += {'\\', escapes[which]};
  }
  return out + '"';
}

}  // namespace minimand::cli
