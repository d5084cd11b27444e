// The name a user most likely meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace minimand {

// The candidate with the smallest edit distance (insert, delete, replace, swap neighbours); "" if none is near:
// more than a third of the letters would have to change.
std::string nearest(std::string_view misspelt, const std::vector<std::string_view>& candidates);

}  // namespace minimand
