// A fixed table of paths: nothing is allocated or locked, so a signal handler may read it at any moment.
#include "io/temporaries.h"

#include <unistd.h>

#include <atomic>
#include <cstring>

namespace minimand::io {
namespace {

struct Entry {
  std::atomic<int> owner{0};  // process id; 0 is free, -1 is being filled or emptied
  char path[4096];
};
Entry table[32];

static_assert(std::atomic<int>::is_always_lock_free, "a handler may not wait for a lock");

}  // namespace

bool note_temporary(const std::string& path) noexcept {
  if (path.size() >= sizeof(Entry::path)) return false;
  for (Entry& e : table) {
    int free = 0;
    if (!e.owner.compare_exchange_strong(free, -1)) continue;
    std::memcpy(e.path, path.c_str(), path.size() + 1);
    e.owner.store(static_cast<int>(::getpid()));
    return true;
  }
  return false;
}

void forget_temporary(const std::string& path) noexcept {
  const int self = static_cast<int>(::getpid());
  for (Entry& e : table) {
    int owner = self;
    if (e.owner.load() != self || path != e.path || !e.owner.compare_exchange_strong(owner, -1)) continue;
    e.owner.store(0);
    return;
  }
}

void remove_temporaries() noexcept {
  const int self = static_cast<int>(::getpid());  // a forked child leaves its parent's files alone
  for (Entry& e : table) {
    if (e.owner.load() == self) ::unlink(e.path);
  }
}

}  // namespace minimand::io
