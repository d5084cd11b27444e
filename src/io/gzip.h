// A gzip stream as a source of its unpacked bytes (RFC 1952, by zlib).
#pragma once

#include "io/layout.h"
#include "io/source.h"

namespace minimand::io {

// Unpacks while it reads, in constant memory. IDX003 if the stream is damaged, ends early, is followed by
// something else, or unpacks to more than options.max_unpack times its packed size.
std::unique_ptr<Source> gzip_source(std::unique_ptr<Source> packed, const Options& options);

}  // namespace minimand::io
