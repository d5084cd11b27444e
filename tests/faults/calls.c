/* Loaded before the C library (LD_PRELOAD): watches the calls by which files whose path contains MINIMAND_WATCH are
   written, and makes some of them fail.
     MINIMAND_CALLS=FILE   writes one line a call: open, write OFFSET SIZE, pread OFFSET SIZE, fsync, close, rename,
                           unlink, with the path
     MINIMAND_FAIL=K       the K-th call fails (from 1); MINIMAND_FAIL_ON=1: and every one after it
     MINIMAND_ERRNO=N      by this errno; EINTR: the call is not made but may be tried again
     MINIMAND_SHORT=1      writes or reads at most half of what is asked for, at least a byte, in every call
     MINIMAND_CORRUPT=K    the K-th call, a write, writes one byte wrongly and reports no failure
     MINIMAND_KILL=K       SIGKILL instead of the K-th call */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char watched[4096][256]; /* path of each descriptor, "" if it is not watched */
static long calls;

static long number(const char* name) {
  const char* text = getenv(name);
  return text ? atol(text) : 0;
}
static int wanted(const char* path) {
  const char* part = getenv("MINIMAND_WATCH");
  return part && *part && path && strstr(path, part) && strlen(path) < sizeof watched[0];
}
static const char* path_of(int fd) { return fd >= 0 && fd < 4096 ? watched[fd] : ""; }

/* Whether this call is to fail; errno is set then. */
static int fails(const char* what, const char* path) {
  const char* log = getenv("MINIMAND_CALLS");
  ++calls;
  if (number("MINIMAND_KILL") == calls) raise(SIGKILL);
  const long k = number("MINIMAND_FAIL");
  const int failing = k > 0 && (calls == k || (calls > k && number("MINIMAND_FAIL_ON")));
  if (log) {
    static int (*real_open)(const char*, int, ...);
    static ssize_t (*real_write)(int, const void*, size_t);
    static int (*real_close)(int);
    if (!real_open) real_open = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
    if (!real_write) real_write = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
    if (!real_close) real_close = (int (*)(int))dlsym(RTLD_NEXT, "close");
    char line[800];
    const int n = snprintf(line, sizeof line, "%s %s\n", what, path);
    const int fd = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0) {
      if (real_write(fd, line, (size_t)n) != n) abort();
      real_close(fd);
    }
  }
  if (failing) errno = number("MINIMAND_ERRNO") ? (int)number("MINIMAND_ERRNO") : EIO;
  return failing;
}

static int open_watched(const char* path, int flags, mode_t mode, const char* name) {
  int (*real)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, name);
  const int writing = (flags & O_ACCMODE) != O_RDONLY || (flags & O_DIRECTORY);
  if (!wanted(path) || !writing) return real(path, flags, mode);
  if (fails(flags & O_DIRECTORY ? "opendir" : "open", path)) return -1;
  const int fd = real(path, flags, mode);
  if (fd >= 0 && fd < 4096) strcpy(watched[fd], path);
  return fd;
}
int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  va_end(list);
  return open_watched(path, flags, mode, "open");
}
int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  va_end(list);
  return open_watched(path, flags, mode, "open64");
}

ssize_t write(int fd, const void* data, size_t n) {
  static ssize_t (*real)(int, const void*, size_t);
  if (!real) real = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  if (!*path_of(fd)) return real(fd, data, n);
  char what[64];
  snprintf(what, sizeof what, "write %lld %zu", (long long)lseek(fd, 0, SEEK_CUR), n);
  if (fails(what, path_of(fd))) return -1;
  if (number("MINIMAND_SHORT") && n > 1) n /= 2;
  if (number("MINIMAND_CORRUPT") != calls || n == 0) return real(fd, data, n);
  char* wrong = malloc(n);
  if (!wrong) abort();
  memcpy(wrong, data, n);
  wrong[n / 2] ^= 1;
  const ssize_t done = real(fd, wrong, n);
  free(wrong);
  return done;
}
static ssize_t pread_watched(int fd, void* data, size_t n, off_t offset, const char* name) {
  ssize_t (*real)(int, void*, size_t, off_t) = (ssize_t(*)(int, void*, size_t, off_t))dlsym(RTLD_NEXT, name);
  if (!*path_of(fd)) return real(fd, data, n, offset);
  char what[64];
  snprintf(what, sizeof what, "pread %lld %zu", (long long)offset, n);
  if (fails(what, path_of(fd))) return -1;
  return real(fd, data, number("MINIMAND_SHORT") && n > 1 ? n / 2 : n, offset);
}
ssize_t pread(int fd, void* data, size_t n, off_t offset) { return pread_watched(fd, data, n, offset, "pread"); }
ssize_t pread64(int fd, void* data, size_t n, off_t offset) { return pread_watched(fd, data, n, offset, "pread64"); }
int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  if (*path_of(fd) && fails("fsync", path_of(fd))) return -1;
  return real(fd);
}
int close(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "close");
  int failing = 0, number_was = 0;
  if (*path_of(fd)) failing = fails("close", path_of(fd)), number_was = errno, watched[fd][0] = 0;
  const int status = real(fd); /* Linux closes it even where it reports a failure */
  if (failing) errno = number_was;
  return failing ? -1 : status;
}
int rename(const char* from, const char* to) {
  static int (*real)(const char*, const char*);
  if (!real) real = (int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename");
  char both[600];
  snprintf(both, sizeof both, "%s %s", from, to);
  if (wanted(to) && fails("rename", both)) return -1;
  return real(from, to);
}
int unlink(const char* path) {
  static int (*real)(const char*);
  if (!real) real = (int (*)(const char*))dlsym(RTLD_NEXT, "unlink");
  if (wanted(path) && fails("unlink", path)) return -1;
  return real(path);
}
