// Regular files by pread, pipes and devices by read, and memory.
#include "io/source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <minimand/error.hpp>
#include <system_error>
#include <utility>

#include "api/escape.h"

namespace minimand::io {
namespace {

// A single call never asks for more than this; Linux moves at most 2^31 - 4096 bytes at once.
constexpr std::size_t largest_call = std::size_t{1} << 30;

std::string reason(int number) { return std::generic_category().message(number); }

[[noreturn]] void fail_open(const std::string& name, int number) {
  switch (number) {
    case EACCES:
    case EPERM:
      throw error(error_code::IO002, name + ": may not be read: " + reason(number));
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
    case ENODEV:
    case EBADF:
      throw error(error_code::IO001, name + ": cannot be opened: " + reason(number));
    case ENOMEM:
      throw error(error_code::MEM001, name + ": cannot be opened: " + reason(number));
    default:
      throw error(error_code::IO004, name + ": cannot be opened: " + reason(number));
  }
}

class Descriptor {
 public:
  Descriptor(int fd, bool owned) : fd_(fd), owned_(owned) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_), owned_(std::exchange(other.owned_, false)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (owned_) ::close(fd_);
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
  bool owned_;
};

class FileSource final : public Source {
 public:
  FileSource(std::string name, Descriptor fd, std::int64_t size)
      : Source(std::move(name)), fd_(std::move(fd)), size_(size) {}
  std::int64_t size() const noexcept override { return size_; }
  bool seekable() const noexcept override { return true; }

 private:
  std::size_t pull(void* to, std::size_t n) override {
    for (;;) {
      const ::ssize_t got = ::pread(fd_.get(), to, std::min(n, largest_call), at_);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw error(error_code::IO004, name() + ": cannot be read: " + reason(errno));
      if (got == 0 && at_ < size_) {
        throw error(error_code::IO004, name() + ": had " + std::to_string(size_) +
                                           " B when it was opened and was truncated to " +
                                           std::to_string(at_) + " while it was read");
      }
      at_ += got;
      if (at_ > size_) {
        throw error(error_code::IO004, name() + ": had " + std::to_string(size_) +
                                           " B when it was opened and has grown while it was read");
      }
      return static_cast<std::size_t>(got);
    }
  }
  void move_to(std::int64_t position) override { at_ = position; }

  Descriptor fd_;
  std::int64_t size_, at_ = 0;
};

class StreamSource final : public Source {
 public:
  StreamSource(std::string name, Descriptor fd) : Source(std::move(name)), fd_(std::move(fd)) {}

 private:
  std::size_t pull(void* to, std::size_t n) override {
    for (;;) {
      const ::ssize_t got = ::read(fd_.get(), to, std::min(n, largest_call));
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {  // somebody made the pipe non-blocking
        ::pollfd wait{fd_.get(), POLLIN, 0};
        ::poll(&wait, 1, -1);
        continue;
      }
      throw error(error_code::IO004, name() + ": cannot be read: " + reason(errno));
    }
  }
  Descriptor fd_;
};

class MemorySource final : public Source {
 public:
  MemorySource(std::string_view bytes, std::string_view name, std::size_t step)
      : Source(escaped(name)), bytes_(bytes), step_(step) {}
  std::int64_t size() const noexcept override {
    return step_ ? -1 : static_cast<std::int64_t>(bytes_.size());
  }
  bool seekable() const noexcept override { return step_ == 0; }

 private:
  std::size_t pull(void* to, std::size_t n) override {
    const std::size_t most = step_ ? step_ : std::numeric_limits<std::size_t>::max();
    const std::size_t count = std::min({n, most, bytes_.size() - at_});
    if (count > 0) std::memcpy(to, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  void move_to(std::int64_t position) override { at_ = static_cast<std::size_t>(position); }

  std::string_view bytes_;
  std::size_t step_, at_ = 0;
};

}  // namespace

std::size_t Source::read_some(void* to, std::size_t n) {
  if (n == 0) return 0;
  std::size_t got = std::min(n, ahead_.size());
  if (got > 0) {
    std::memcpy(to, ahead_.data(), got);
    ahead_.erase(0, got);
  } else {
    got = pull(to, n);
  }
  position_ += static_cast<std::int64_t>(got);
  return got;
}

std::size_t Source::read(void* to, std::size_t n) {
  std::size_t done = 0;
  while (done < n) {
    const std::size_t got = read_some(static_cast<char*>(to) + done, n - done);
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::string_view Source::peek(std::size_t n) {
  while (ahead_.size() < n) {
    const std::size_t had = ahead_.size();
    ahead_.resize(n);
    const std::size_t got = pull(ahead_.data() + had, n - had);
    ahead_.resize(had + got);
    if (got == 0) break;
  }
  return std::string_view(ahead_).substr(0, n);
}

void Source::seek(std::int64_t position) {
  if (!seekable() && !(rewindable() && position == 0)) {
    throw error(error_code::IO001, name_ + ": is a stream and can be read only once, from front to back");
  }
  ahead_.clear();
  move_to(position);
  position_ = position;
}

void Source::move_to(std::int64_t) { throw error(error_code::INT001, name_ + ": seek on a stream"); }

std::unique_ptr<Source> open_source(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : escaped(path);
  if (path.find('\0') != std::string::npos) fail_open(name, ENOENT);
  int number = STDIN_FILENO;
  if (path != "-") {
    do {
      number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (number < 0 && errno == EINTR);
    if (number < 0) fail_open(name, errno);
  }
  Descriptor fd(number, path != "-");
  struct ::stat facts {};
  if (::fstat(number, &facts) != 0) fail_open(name, errno);
  if (S_ISREG(facts.st_mode) && path != "-") {
    return std::make_unique<FileSource>(name, std::move(fd), static_cast<std::int64_t>(facts.st_size));
  }
  const char* wrong = S_ISDIR(facts.st_mode)   ? "a directory"
                      : S_ISBLK(facts.st_mode) ? "a block device"
                                               : nullptr;
  if (wrong) throw error(error_code::IO001, name + ": is " + wrong + ", not a file or a pipe");
  return std::make_unique<StreamSource>(name, std::move(fd));
}

std::unique_ptr<Source> memory_source(std::string_view bytes, std::string_view name, std::size_t step) {
  return std::make_unique<MemorySource>(bytes, name, step);
}

}  // namespace minimand::io
