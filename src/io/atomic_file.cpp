// Temporary, write, fsync, close, rename, fsync of the directory, in this order and each checked.
#include "io/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <minimand/error.hpp>
#include <system_error>
#include <utility>

#include "api/escape.h"
#include "io/temporaries.h"

namespace minimand::io {
namespace {

constexpr std::size_t gathered = 65536;
constexpr std::size_t largest_call = std::size_t{1} << 30;
constexpr std::size_t longest_stem = 200;  // leaves room for the ending within NAME_MAX = 255

struct Place {
  std::string directory, file;
};  // the directory ends in '/' unless it is empty

Place split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

// "model.tmp." in the place of "model"; the process id follows.
std::string temporary_stem(const Place& place) { return place.file.substr(0, longest_stem) + ".tmp."; }

// The file a symbolic link names, whether it exists or not; the path itself otherwise; "" with errno set.
std::string resolve(const std::string& path) {
  struct ::stat facts {};
  if (::lstat(path.c_str(), &facts) != 0 || !S_ISLNK(facts.st_mode)) return path;
  if (char* real = ::realpath(path.c_str(), nullptr)) {
    const std::string out = real;
    std::free(real);
    return out;
  }
  if (errno != ENOENT) return "";
  char target[4096];
  const ::ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  if (length < 0 || length == sizeof target) return "";
  const std::string named(target, static_cast<std::size_t>(length));
  return named.starts_with('/') ? named : split(path).directory + named;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : name_(escaped(path)) {
  if (path.empty() || path.ends_with('/') || path.find('\0') != std::string::npos) fail_create(ENOENT);
  path_ = resolve(path);
  if (path_.empty()) fail_create(errno);
  try {
    create();
  } catch (...) {
    abandon();
    throw;
  }
}

AtomicFile::~AtomicFile() { abandon(); }

void AtomicFile::create() {
  struct ::stat old {};
  const bool replaces = ::stat(path_.c_str(), &old) == 0;
  if (!replaces && errno != ENOENT) fail_create(errno);
  if (replaces && (S_ISCHR(old.st_mode) || S_ISFIFO(old.st_mode))) {
    do {
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    } while (fd_ < 0 && errno == EINTR);
    if (fd_ < 0) fail_create(errno);
    return;
  }
  if (replaces && S_ISDIR(old.st_mode)) fail_create(EISDIR);
  if (replaces && !S_ISREG(old.st_mode)) fail_create(EEXIST);
  if (replaces && ::access(path_.c_str(), W_OK) != 0) fail_create(errno);

  const Place place = split(path_);
  const std::string base = place.directory + temporary_stem(place) + std::to_string(::getpid());
  const ::mode_t mode = replaces ? 0600 : 0666;  // the umask takes its part from 0666
  for (int attempt = 0; fd_ < 0; ++attempt) {
    const std::string candidate = attempt == 0 ? base : base + "." + std::to_string(attempt);
    fd_ = ::open(candidate.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd_ >= 0) temporary_ = candidate;
    if (fd_ < 0 && errno != EINTR && (errno != EEXIST || attempt == 1000)) fail_create(errno);
  }
  noted_ = note_temporary(temporary_);
  if (replaces) {
    // Only root can give a file away; elsewhere the new file belongs to who writes it.
    if ((old.st_uid != ::geteuid() || old.st_gid != ::getegid()) &&
        ::fchown(fd_, old.st_uid, old.st_gid) != 0) {
      errno = 0;
    }
    if (::fchmod(fd_, old.st_mode & 07777) != 0) fail_create(errno);
  }
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  const auto* from = static_cast<const std::byte*>(data);
  if (pending_.size() + bytes < gathered) {
    pending_.insert(pending_.end(), from, from + bytes);
    return;
  }
  flush();
  write_all(from, bytes);
}

void AtomicFile::flush() {
  write_all(pending_.data(), pending_.size());
  pending_.clear();
}

void AtomicFile::write_all(const std::byte* from, std::size_t bytes) {
  while (bytes > 0) {
    const ::ssize_t done = ::write(fd_, from, std::min(bytes, largest_call));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && errno == EAGAIN) {
      ::pollfd wait{fd_, POLLOUT, 0};
      ::poll(&wait, 1, -1);
      continue;
    }
    if (done <= 0) fail_write("cannot be written", done < 0 ? errno : ENOSPC);
    from += done;
    bytes -= static_cast<std::size_t>(done);
  }
}

void AtomicFile::rewrite(std::int64_t offset, const void* data, std::size_t bytes) {
  if (!regular()) throw error(error_code::IO003, name_ + ": must be a file, not a pipe or device");
  flush();
  const auto* from = static_cast<const std::byte*>(data);
  while (bytes > 0) {
    const ::ssize_t done = ::pwrite(fd_, from, bytes, offset);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail_write("cannot be written", done < 0 ? errno : ENOSPC);
    from += done;
    bytes -= static_cast<std::size_t>(done);
    offset += done;
  }
}

void AtomicFile::sync() {
  flush();
  int status = 0;
  while (regular() && (status = ::fsync(fd_)) != 0 && errno == EINTR) {
  }
  if (status != 0) fail_write("cannot be synced", errno);
}

void AtomicFile::verify(std::string_view bytes) {
  if (!regular()) return;
  sync();
  // What is synced need not stay in memory: then the bytes below come from where they will be read again.
  ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
  std::vector<char> part(gathered);
  std::size_t at = 0;
  for (;;) {
    const ::ssize_t got = ::pread(fd_, part.data(), part.size(), static_cast<::off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_write("cannot be read back", errno);
    if (got == 0 && at == bytes.size()) return;
    const std::string_view found(part.data(), static_cast<std::size_t>(got)), wanted = bytes.substr(at, found.size());
    const auto same = std::mismatch(wanted.begin(), wanted.end(), found.begin()).first - wanted.begin();
    at += static_cast<std::size_t>(same);
    if (got > 0 && same == got) continue;
    abandon();
    throw error(error_code::IO004, name_ + ": reads back other bytes than were written, from byte " + std::to_string(at) + " on");
  }
}

void AtomicFile::commit() {
  sync();
  // Linux closes the descriptor even where close() reports EINTR.
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) fail_write("cannot be closed", errno);
  if (!regular()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_write("cannot be put in its place", errno);
  if (noted_) forget_temporary(temporary_);
  temporary_.clear();
  const std::string directory = split(path_).directory;
  const int fd = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A directory one may write to but not read cannot be synced; the rename has happened all the same.
  if (fd < 0) return;
  int status = 0;
  while ((status = ::fsync(fd)) != 0 && errno == EINTR) {
  }
  const int number = errno;
  ::close(fd);
  if (status != 0 && number != EINVAL && number != EROFS) fail_write("directory cannot be synced", number);
}

void AtomicFile::abandon() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (temporary_.empty()) return;
  ::unlink(temporary_.c_str());
  if (noted_) forget_temporary(temporary_);
  temporary_.clear();
}

void AtomicFile::fail_create(int number) {
  throw error(error_code::IO003, name_ + ": cannot be created: " + std::generic_category().message(number));
}

void AtomicFile::fail_write(const char* what, int number) {
  abandon();
  throw error(error_code::IO004, name_ + ": " + what + ": " + std::generic_category().message(number));
}

int remove_orphans(const std::string& path) {
  const Place place = split(resolve(path));
  const std::string stem = temporary_stem(place);
  int removed = 0;
  const std::unique_ptr<::DIR, int (*)(::DIR*)> entries(
      ::opendir(place.directory.empty() ? "." : place.directory.c_str()), ::closedir);
  while (const ::dirent* entry = entries ? ::readdir(entries.get()) : nullptr) {
    const std::string_view file = entry->d_name;
    if (!file.starts_with(stem)) continue;
    int pid = 0;
    const auto [end, status] = std::from_chars(file.data() + stem.size(), file.data() + file.size(), pid);
    if (status != std::errc() || pid <= 0 || (end != file.data() + file.size() && *end != '.')) continue;
    if (::kill(pid, 0) == 0 || errno != ESRCH) continue;
    removed += ::unlink((place.directory + std::string(file)).c_str()) == 0;
  }
  return removed;
}

}  // namespace minimand::io
