// A strict reader of the XML that our writers make: elements, attributes, text and the five entities. Throws
// std::runtime_error on what is not well-formed; declarations, comments and CDATA are not ours and are refused.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace minimand::test {

struct Element {
  std::string name, text;  // text of its own, without that of its children
  std::map<std::string, std::string> attributes;
  std::vector<Element> children;

  // All elements of that name, this one included, in document order.
  std::vector<const Element*> all(std::string_view wanted) const {
    std::vector<const Element*> out;
    if (name == wanted) out.push_back(this);
    for (const Element& child : children) {
      for (const Element* e : child.all(wanted)) out.push_back(e);
    }
    return out;
  }
  // Those of them with a word in their class.
  std::vector<const Element*> all(std::string_view wanted, const std::string& word) const {
    std::vector<const Element*> out;
    for (const Element* e : all(wanted)) {
      const auto found = e->attributes.find("class");
      if (found != e->attributes.end() && (' ' + found->second + ' ').find(' ' + word + ' ') != std::string::npos) {
        out.push_back(e);
      }
    }
    return out;
  }
  double number(const std::string& attribute) const { return std::stod(attributes.at(attribute)); }
};

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  Element document() {
    Element out = element();
    blanks();
    need(text_.empty(), "text after the root");
    return out;
  }

 private:
  static void need(bool good, const std::string& what) {
    if (!good) throw std::runtime_error("XML: " + what);
  }
  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  void blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \n\t"), text_.size())); }
  std::string until(std::string_view ends) {
    const std::size_t at = text_.find_first_of(ends);
    need(at != std::string_view::npos, "ends within " + std::string(text_.substr(0, 40)));
    std::string out(text_.substr(0, at));
    text_.remove_prefix(at);
    return out;
  }
  static std::string decoded(const std::string& raw) {
    static const std::map<std::string, char> entities = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      need(static_cast<unsigned char>(raw[i]) >= 0x20 || raw[i] == '\n' || raw[i] == '\t', "control character");
      if (raw[i] != '&') {
        out += raw[i];
        continue;
      }
      const std::size_t end = raw.find(';', i);
      need(end != std::string::npos, "bare &");
      const auto found = entities.find(raw.substr(i + 1, end - i - 1));
      need(found != entities.end(), "entity " + raw.substr(i, end - i + 1));
      out += found->second;
      i = end;
    }
    return out;
  }
  Element element() {
    Element out;
    need(take("<"), "no element at " + std::string(text_.substr(0, 40)));
    out.name = until(" />\n");
    need(!out.name.empty() && out.name[0] != '!' && out.name[0] != '?', "name \"" + out.name + '"');
    for (blanks(); !text_.starts_with(">") && !text_.starts_with("/"); blanks()) {
      const std::string key = until("= <>");
      need(take("=\""), "attribute " + key);
      const std::string value = until("\"<");
      need(take("\""), "< within attribute " + key);
      need(out.attributes.emplace(key, decoded(value)).second, "attribute " + key + " twice");
    }
    if (take("/>")) return out;
    need(take(">"), "tag of " + out.name);
    std::string raw;
    while (!text_.starts_with("</")) {
      if (text_.starts_with("<")) out.children.push_back(element());
      else raw += until("<");
    }
    need(take("</" + out.name + ">"), "end of " + out.name);
    need(raw.find("]]>") == std::string::npos, "]]>");
    out.text = decoded(raw);
    return out;
  }

  std::string_view text_;
};

}  // namespace minimand::test
