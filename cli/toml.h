// The part of TOML that options need: lines name = value, comments, and a table for the subcommand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace minimand::cli {

struct TomlEntry {
  std::string table, name, value;  // table: "" before the first one
  int line = 0;                    // from 1
};

// `value` is a text in quotes ("..." with escapes, '...' without), or one word: a number, true, false, or a plain text.
// Time and memory are proportional to the size. CFG004 "FILE:LINE: ..." for anything else; `file` is safe to print.
std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& file);
// "text" as parse_toml reads it.
std::string toml_string(std::string_view text);

}  // namespace minimand::cli
