// Signals, standard streams, processors.
#include "cli/process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <minimand/error.hpp>
#include <thread>

#include "io/temporaries.h"

namespace minimand::cli {
namespace {

// SA_RESETHAND has restored the default action, so that the shell sees 128 + n.
extern "C" void remove_and_raise(int signal) {
  io::remove_temporaries();
  ::raise(signal);
}

volatile std::sig_atomic_t noted = 0;

extern "C" void note_first(int signal) {
  if (noted != 0) {
    std::signal(signal, SIG_DFL);
    remove_and_raise(signal);
  }
  noted = signal;
}

}  // namespace

void note_signals() {
  struct sigaction action = {};
  action.sa_handler = note_first;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_NODEFER);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

int noted_signal() { return noted; }

void raise_noted_signal() {
  std::fflush(stdout);
  std::signal(noted, SIG_DFL);
  remove_and_raise(noted);
  std::abort();  // the signal is blocked
}

void prepare_process() {
  struct sigaction action = {};
  action.sa_handler = remove_and_raise;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    // A caller that ignores a signal (nohup) wants it ignored.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGXFSZ, SIG_IGN);
  // The wrong direction on purpose: reading from or writing to a closed stream still fails.
  for (const int fd : {0, 1, 2}) {
    if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      [[maybe_unused]] const int same = ::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
    }
  }
}

void finish_output() {
  errno = 0;
  const bool failed_before = std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0 || failed_before) {
    const std::string why = errno != 0 ? std::strerror(errno) : "write failed";
    throw error(error_code::IO004, "standard output: " + why);
  }
}

int processors() {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

bool terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && kind != nullptr && std::strcmp(kind, "dumb") != 0;
}

int terminal_columns() {
  winsize size = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool colours() {
  const char *kind = std::getenv("TERM"), *refused = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::strcmp(kind, "dumb") != 0 &&
         (refused == nullptr || *refused == 0);
}

}  // namespace minimand::cli
