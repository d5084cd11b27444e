// How the columns of a table became features: numbers as they are, texts as categories.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace minimand::learn {

struct Column {
  std::string name;
  // Of a column of texts, in ascending order: it becomes one feature for each, 1 where the row has it. A text that is
  // none of them is 0 in all.
  std::vector<std::string> levels;
  double fill = 0;      // what a missing number becomes
  bool filled = false;  // whether missing cells are allowed

  std::int64_t features() const { return levels.empty() ? 1 : static_cast<std::int64_t>(levels.size()); }
};

}  // namespace minimand::learn
