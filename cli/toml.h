// Files of lines name = value, the part of TOML 1.0 that options need: strings, bare values, one level of sections.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace minimand::cli {

struct Setting {
  std::string section;  // "" before the first [section]
  std::string name, value;
};

// PAR005 with the file's name and the line for what is anything else, and for a name that stands there twice.
std::vector<Setting> read_toml(std::string_view text, const std::string& file);

// As a basic string: in double quotes, with escapes.
std::string toml_string(std::string_view text);

}  // namespace minimand::cli
