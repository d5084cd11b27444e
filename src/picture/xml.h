// Elements, attributes and numbers of an XML text, written the same under every locale.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "picture/text.h"

namespace minimand::picture {

// Text for XML 1.0: markup characters as entities; what is no UTF-8 or no character of XML as U+FFFD.
std::string escape_xml(std::string_view text);

// At most two decimals: hundredths of a pixel.
inline std::string pixels(double value) {
  std::string out = fixed(value, 2);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

class Xml {
 public:
  Xml& open(std::string_view name) {
    close_tag();
    text_ += '\n' + std::string(2 * open_.size(), ' ') + '<' + std::string(name);
    open_.emplace_back(name);
    in_tag_ = true;
    flat_ = false;
    return *this;
  }
  Xml& set(std::string_view name, std::string_view value) {
    text_ += ' ' + std::string(name) + "=\"" + escape_xml(value) + '"';
    return *this;
  }
  Xml& set(std::string_view name, double value) { return set(name, pixels(value)); }
  Xml& text(std::string_view content) {
    close_tag();
    text_ += escape_xml(content);
    flat_ = true;
    return *this;
  }
  Xml& close() {
    const std::string name = open_.back();
    open_.pop_back();
    if (in_tag_) text_ += "/>";
    else text_ += (flat_ ? "" : '\n' + std::string(2 * open_.size(), ' ')) + "</" + name + '>';
    in_tag_ = flat_ = false;
    return *this;
  }
  std::string str() const { return text_.substr(1) + '\n'; }

 private:
  void close_tag() {
    if (in_tag_) text_ += '>';
    in_tag_ = false;
  }
  std::string text_;
  std::vector<std::string> open_;
  bool in_tag_ = false, flat_ = false;
};

}  // namespace minimand::picture
