// A file that appears whole or not at all: written beside its place, synced, then renamed over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace minimand::io {

class AtomicFile {
 public:
  // Begins to write `path`; a symbolic link is followed once, to the file it names. IO003 if that cannot be
  // created or replaced. A pipe or character device (/dev/stdout) is written directly.
  explicit AtomicFile(const std::string& path);
  // Without commit() the temporary is removed and what was at `path` is as before.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // IO004 on any failure; the temporary is gone then.
  void write(const void* data, std::size_t bytes);
  // Overwrites bytes already written, at `offset`; IO003 where the output is a pipe or device.
  void rewrite(std::int64_t offset, const void* data, std::size_t bytes);
  // Makes what was written durable, reads it back (from the device where the system lets go of its copy) and compares:
  // IO004 where it is not `bytes`. Does nothing for a pipe or device.
  void verify(std::string_view bytes);
  // Makes the file durable and visible under its name.
  void commit();

  // Whether the output can be rewritten: not a pipe or device.
  bool regular() const noexcept { return !temporary_.empty(); }
  // For messages.
  const std::string& name() const noexcept { return name_; }

 private:
  void create();
  void flush();
  void sync();
  void write_all(const std::byte* from, std::size_t bytes);
  void abandon() noexcept;
  [[noreturn]] void fail_create(int number);
  [[noreturn]] void fail_write(const char* what, int number);

  std::string name_, path_, temporary_;
  std::vector<std::byte> pending_;  // small writes gathered
  int fd_ = -1;
  bool noted_ = false;
};

// Removes temporaries of `path` whose process is gone; returns how many. For programs at their start.
int remove_orphans(const std::string& path);

}  // namespace minimand::io
