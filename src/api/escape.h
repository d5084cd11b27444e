// Text from outside (file names, cells, options) made safe to print in one line of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace minimand {

// Control bytes, terminal escapes, backslashes, double quotes, invalid UTF-8 and characters that reorder
// text become \n, \t, \r, \\, \" or \xNN; what is longer than `limit` bytes then is cut and ends in "...".
std::string escaped(std::string_view text, std::size_t limit = 200);

}  // namespace minimand
