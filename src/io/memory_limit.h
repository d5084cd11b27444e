// How much memory input may take unless the user says otherwise.
#pragma once

#include <cstdint>

namespace minimand::io {

// Bytes: 75 % of the limit of this process's control group, else of the memory that is available. The kernel ends a
// process beyond either without a word; a limit of our own can be told.
std::int64_t memory_limit();

}  // namespace minimand::io
