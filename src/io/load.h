// Whole arrays and tables in memory, for what must be held anyway: training data, class weights.
#pragma once

#include <string>
#include <vector>

#include "io/inputs.h"

namespace minimand::io {

// An array with the memory it views. Moves, does not copy.
struct Owned {
  std::vector<std::byte> bytes;
  array view;

  Owned() = default;
  Owned(Owned&&) = default;
  Owned& operator=(Owned&&) = default;
};

// Any spec that Inputs reads, in row-major order unless the file is in Fortran order.
Owned load(const std::string& spec, const Options& options = {});

struct Table {
  std::vector<std::string> names;            // "1", "2", ... without a header
  std::vector<std::vector<double>> columns;  // each of `rows` numbers
  std::int64_t rows = 0;
};

// A CSV file ("-": standard input) all of whose cells are numbers.
Table load_table(const std::string& path, const Options& options = {});

}  // namespace minimand::io
