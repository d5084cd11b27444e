// How an input is named on the command line: a file, a stream, a column of either.
#pragma once

#include <string>

namespace minimand::io {

enum class Format { unknown, npy, csv, idx };

struct Spec {
  std::string path;     // "-" is standard input
  std::string columns;  // of CSV: "price", "3", "a..j"; "" if not given
  Format format = Format::unknown;
};

// "p.npy", "t.csv:price", "t.csv:3", "t.csv:a..j", "-" (.npy or IDX), "-:price" (CSV), "labels.idx",
// "labels-idx1-ubyte.gz", "/dev/fd/63:price". The format is unknown where neither the name nor a column
// tells.
Spec parse_spec(const std::string& text);

}  // namespace minimand::io
