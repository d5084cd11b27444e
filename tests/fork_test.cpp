// The thread pool across fork(), at the end of a process, and where no thread can be started.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <system_error>
#include <thread>

#include "pool_use.h"
#include "run/pool.h"

// ThreadSanitizer ends a child that starts threads after a fork; in clang's AddressSanitizer they may wait for ever, for a
// lock of its allocator that a thread of the parent held.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define NO_THREADS_AFTER_FORK 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define NO_THREADS_AFTER_FORK 1
#endif

#if !defined(NO_THREADS_AFTER_FORK)
namespace minimand::run {
namespace {

// Runs f in a child process; its result must be true before patience ends.
template <class F>
void in_child(F f) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(static_cast<unsigned>(patience.count()));
    bool good = false;
    try {
      good = f();
    } catch (...) {
    }
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status) << " (14: it hung)";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// In a child: ranges run at the same time, so threads exist again.
bool works_in_child() {
  std::atomic<int> arrived{0}, met{0};
  parallel(3, 3, [&](std::int64_t, std::int64_t, int) { met += meet(arrived, 3); });
  return met == 3 && triangle(4, 1000) == 499500;
}

TEST(Fork, AForkedChildStartsAnew) {
  ASSERT_EQ(triangle(4, 10), 45);
  for (int i = 0; i < 20; ++i) in_child(works_in_child);
  in_child([] {
    if (!works_in_child()) return false;
    const pid_t grandchild = fork();
    if (grandchild == 0) _exit(works_in_child() ? 0 : 1);
    int status = 1;
    return waitpid(grandchild, &status, 0) == grandchild && status == 0;
  });
  EXPECT_EQ(triangle(4, 10), 45);
}

TEST(Fork, AForkWhileOtherThreadsUseThePool) {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) triangle(3, 100);
  });
  for (int i = 0; i < 40; ++i) in_child(works_in_child);
  stop = true;
  busy.join();
}

TEST(Fork, AChildMayEndInTheUsualWay) {
  ASSERT_EQ(triangle(4, 10), 45);
  EXPECT_EXIT(
      {
        alarm(static_cast<unsigned>(patience.count()));
        triangle(3, 10);
        std::exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST(Fork, WithoutNewThreadsTheResultsAreTheSame) {
  constexpr int unlimited = 77;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(static_cast<unsigned>(patience.count()));
    // The limit does not bind the superuser. A child has no threads yet.
    rlimit limit{};
    getrlimit(RLIMIT_NPROC, &limit);
    limit.rlim_cur = 0;
    if (setrlimit(RLIMIT_NPROC, &limit) != 0) _exit(unlimited);
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(unlimited);
    try {
      std::thread([] {}).join();
      _exit(unlimited);
    } catch (const std::system_error&) {
    }
    const auto self = std::this_thread::get_id();
    std::atomic<int> elsewhere{0};
    parallel(4, 8, [&](std::int64_t, std::int64_t, int) { elsewhere += std::this_thread::get_id() != self; });
    const bool same = triangle(8, 1000) == 499500;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NPROC, &limit);
    _exit(elsewhere == 0 && same && works_in_child() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) == unlimited) GTEST_SKIP() << "threads cannot be limited here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace minimand::run
#endif
