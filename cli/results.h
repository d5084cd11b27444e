// Reduced losses as a table for eyes or rows for programs; the same from `eval` and `merge`.
#pragma once

#include "cli/words.h"

namespace minimand::cli {

struct ResultRow {
  std::string loss, reduction;
  Result result;
};

void print_results(const std::vector<ResultRow>& rows, Format format);

}  // namespace minimand::cli
