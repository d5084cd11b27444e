// The temporary files this process is writing, so that a signal can take them away.
#pragma once

#include <string>

namespace minimand::io {

// Notes a temporary; false if the table is full or the path too long, and then nothing is noted.
bool note_temporary(const std::string& path) noexcept;
void forget_temporary(const std::string& path) noexcept;

// Unlinks the temporaries this process has noted. Calls only what POSIX allows in a signal handler.
void remove_temporaries() noexcept;

}  // namespace minimand::io
