// The header of the IDX format of MNIST and its successors: http://yann.lecun.com/exdb/mnist/
#pragma once

#include "io/layout.h"
#include "io/source.h"

namespace minimand::io {

// Reads the header and leaves the source at the first element. IDX001, IDX002 on anything but an array of
// numbers whose size is exactly what the header declares.
Layout read_idx_header(Source& source, const Options& options);

}  // namespace minimand::io
