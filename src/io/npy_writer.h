// Writes an .npy file from front to back, whole or not at all.
#pragma once

#include <span>
#include <vector>

#include "io/atomic_file.h"
#include "io/layout.h"

namespace minimand::io {

class NpyWriter {
 public:
  // A row-major file of the given extents; bf16 is written as V2, as ml_dtypes does. A leading extent of -1
  // becomes what was written by the time of commit(). IO003 as AtomicFile.
  NpyWriter(const std::string& path, dtype type, std::vector<std::int64_t> shape);

  // The next elements, in row-major order, of the file's type; any strides.
  void write(const array& elements);
  // INT001 unless exactly the declared elements were written.
  void commit();

 private:
  AtomicFile file_;
  dtype type_;
  std::vector<std::int64_t> shape_;
  std::int64_t elements_ = 0;
  bool open_ended_;
};

}  // namespace minimand::io
