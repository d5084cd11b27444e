#include "io/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace minimand::io {
namespace {

constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();

// The number a file begins with; none if there is no such file, or it says "max".
std::int64_t number_in(const std::string& path) {
  std::ifstream in(path);
  std::int64_t bytes = 0;
  return in >> bytes && bytes > 0 ? bytes : none;
}

// Control groups, version 2 (one line "0::/path") and version 1 ("N:memory:/path"), in this group and at the root, which
// is this group's own view inside a container.
std::int64_t of_control_group() {
  std::ifstream groups("/proc/self/cgroup");
  std::int64_t least = none;
  for (std::string line; std::getline(groups, line);) {
    std::istringstream fields(line);
    std::string number, controllers, path;
    std::getline(fields, number, ':'), std::getline(fields, controllers, ':'), std::getline(fields, path);
    for (const std::string& at : {path, std::string()}) {
      if (controllers.empty()) least = std::min(least, number_in("/sys/fs/cgroup" + at + "/memory.max"));
      if (controllers == "memory") least = std::min(least, number_in("/sys/fs/cgroup/memory" + at + "/memory.limit_in_bytes"));
    }
  }
  return least < (std::int64_t{1} << 60) ? least : none;  // version 1 writes a huge number for no limit
}

std::int64_t available() {
  std::ifstream in("/proc/meminfo");
  std::string word;
  for (std::int64_t kilobytes; in >> word;) {
    if (word == "MemAvailable:" && in >> kilobytes) return kilobytes * 1024;
  }
  return none;
}

}  // namespace

std::int64_t memory_limit() {
  static const std::int64_t bytes = std::min(of_control_group(), available());
  return bytes == none ? none : bytes / 4 * 3;
}

}  // namespace minimand::io
