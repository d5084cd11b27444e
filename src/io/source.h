// Where bytes come from: a regular file, a pipe or standard input, or memory. Read once from front to back,
// or at any position where the source allows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace minimand::io {

class Source {
 public:
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // At least one byte unless at the end, at most n: what is there now, so that a slow pipe is read as it
  // comes.
  std::size_t read_some(void* to, std::size_t n);
  // n bytes; fewer only at the end.
  std::size_t read(void* to, std::size_t n);
  // The next n bytes (fewer only at the end), which the following reads return again.
  std::string_view peek(std::size_t n);
  // Bytes read so far.
  std::int64_t position() const noexcept { return position_; }
  // Continues at `position`: any where seekable(), only 0 where merely rewindable().
  void seek(std::int64_t position);

  // Bytes in all, or -1 where only the end tells.
  virtual std::int64_t size() const noexcept { return -1; }
  virtual bool seekable() const noexcept { return false; }
  virtual bool rewindable() const noexcept { return seekable(); }
  // The name for messages, safe to print.
  const std::string& name() const noexcept { return name_; }

 protected:
  explicit Source(std::string printable_name) : name_(std::move(printable_name)) {}
  // As read_some, n > 0.
  virtual std::size_t pull(void* to, std::size_t n) = 0;
  virtual void move_to(std::int64_t position);

 private:
  std::string name_;
  std::string ahead_;  // peeked, not yet read
  std::int64_t position_ = 0;
};

// Opens a file, or standard input for "-". Regular files are seekable; pipes and character devices stream.
// IO001 for what is missing, a directory, a socket or a block device, IO002 for what may not be read.
std::unique_ptr<Source> open_source(const std::string& path);

// Bytes in memory, which the caller keeps. A `step` > 0 makes it a stream that delivers at most that many
// bytes at a time and does not tell its size.
std::unique_ptr<Source> memory_source(std::string_view bytes, std::string_view name = "memory",
                                      std::size_t step = 0);

}  // namespace minimand::io
