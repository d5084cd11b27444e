// The thread pool: fixed ranges, nesting, concurrency, exceptions, floating-point state, idleness.
#include "run/pool.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "pool_use.h"

namespace minimand::run {
namespace {

// First, while the pool has no more threads than cores: with more nobody waits awake.
TEST(Pool, IdleThreadsSleep) {
  ASSERT_EQ(triangle(std::max(2, default_threads()), 100), 4950);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  timespec start{}, end{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  const double used = static_cast<double>(end.tv_sec - start.tv_sec) +
                      1e-9 * static_cast<double>(end.tv_nsec - start.tv_nsec);
  EXPECT_LT(used, 0.03);
}

TEST(Pool, EveryTaskOnceInRangesThatDependOnTheCallAlone) {
  for (int threads : {-1, 0, 1, 2, 3, 7, 16, 300}) {
    for (std::int64_t tasks : {-5, 0, 1, 2, 3, 5, 16, 17, 255, 256, 257, 1000}) {
      SCOPED_TRACE("threads " + std::to_string(threads) + " tasks " + std::to_string(tasks));
      const int count = workers(threads, tasks);
      ASSERT_GE(count, 1);
      ASSERT_LE(count, max_threads);
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(std::max<std::int64_t>(tasks, 0)));
      std::vector<std::atomic<int>> called(static_cast<std::size_t>(count));
      parallel(threads, tasks, [&](std::int64_t first, std::int64_t last, int worker) {
        ASSERT_GE(worker, 0);
        ASSERT_LT(worker, count);
        ++called[static_cast<std::size_t>(worker)];
        const Range range = range_of(worker, count, tasks);
        EXPECT_EQ(first, range.first);
        EXPECT_EQ(last, range.last);
        EXPECT_LT(first, last);
        for (auto i = first; i < last; ++i) ++seen[static_cast<std::size_t>(i)];
      });
      for (auto& s : seen) ASSERT_EQ(s, 1);
      for (auto& c : called) ASSERT_EQ(c, tasks > 0 ? 1 : 0);
    }
  }
}

TEST(Pool, RangesOfHugeCountsDoNotOverflow) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const int count = workers(256, most);
  std::int64_t reached = 0;
  for (int w = 0; w < count; ++w) {
    const Range r = range_of(w, count, most);
    ASSERT_EQ(r.first, reached);
    ASSERT_GT(r.last, r.first);
    reached = r.last;
  }
  EXPECT_EQ(reached, most);
}

TEST(Pool, OneThreadStaysOnTheCaller) {
  const auto self = std::this_thread::get_id();
  for (const auto& [threads, tasks] : {std::pair{1, 100}, std::pair{8, 1}}) {
    parallel(threads, tasks, [&](std::int64_t first, std::int64_t last, int worker) {
      EXPECT_EQ(std::this_thread::get_id(), self);
      EXPECT_EQ(first, 0);
      EXPECT_EQ(last, tasks);
      EXPECT_EQ(worker, 0);
    });
  }
}

TEST(Pool, RangesRunAtTheSameTimeOnThreadsThatTakeNoSignals) {
  const auto self = std::this_thread::get_id();
  std::atomic<int> arrived{0}, elsewhere{0};
  parallel(4, 4, [&](std::int64_t, std::int64_t, int) {
    EXPECT_TRUE(meet(arrived, 4));
    if (std::this_thread::get_id() == self) return;
    ++elsewhere;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    EXPECT_EQ(sigismember(&blocked, SIGINT), 1);
    EXPECT_EQ(sigismember(&blocked, SIGTERM), 1);
    EXPECT_EQ(sigismember(&blocked, SIGSEGV), 0);
  });
  EXPECT_EQ(elsewhere, 3);
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGINT), 0);
}

TEST(Pool, NestedCallsRunInline) {
  std::atomic<std::int64_t> sum{0};
  parallel(3, 3, [&](std::int64_t, std::int64_t, int) {
    const auto self = std::this_thread::get_id();
    parallel(4, 100, [&](std::int64_t first, std::int64_t last, int) {
      EXPECT_EQ(std::this_thread::get_id(), self);
      sum += last - first;
    });
  });
  EXPECT_EQ(sum, 300);
}

TEST(Pool, ConcurrentCallers) {
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int c = 0; c < 6; ++c) {
    callers.emplace_back([&, c] {
      for (int i = 0; i < 300; ++i) {
        const std::int64_t tasks = 1 + (i * 7 + c) % 50;
        if (triangle(2 + c % 3, tasks) != tasks * (tasks - 1) / 2) ++wrong;
      }
    });
  }
  for (auto& t : callers) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Pool, TheExceptionOfTheLowestRangeReachesTheCaller) {
  for (int round = 0; round < 200; ++round) {
    const int lowest = round % 5;
    std::string caught;
    try {
      parallel(6, 6, [&](std::int64_t, std::int64_t, int worker) {
        if (worker >= lowest && worker % 2 == lowest % 2) throw std::runtime_error(std::to_string(worker));
      });
    } catch (const std::runtime_error& e) {
      caught = e.what();
    }
    ASSERT_EQ(caught, std::to_string(lowest)) << "round " << round;
    ASSERT_EQ(triangle(4, 10), 45);
  }
}

TEST(Pool, AHigherRangeThatThrowsFirstDoesNotWin) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> arrived{0};
    std::string caught;
    try {
      parallel(2, 2, [&](std::int64_t, std::int64_t, int worker) {
        EXPECT_TRUE(meet(arrived, 2));
        if (worker == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        throw std::runtime_error(std::to_string(worker));
      });
    } catch (const std::runtime_error& e) {
      caught = e.what();
    }
    ASSERT_EQ(caught, "0");
  }
}

TEST(Pool, ExceptionsOfSerialRunsToo) {
  parallel(2, 2, [](std::int64_t, std::int64_t, int) {
    int begun = 0;
    EXPECT_THROW(parallel(4, 4,
                          [&](std::int64_t, std::int64_t, int worker) {
                            ++begun;
                            if (worker == 1) throw std::runtime_error("nested");
                          }),
                 std::runtime_error);
    EXPECT_EQ(begun, 2);
  });
}

#if defined(__SSE2__)
TEST(Pool, TheCallersFloatingPointStateReachesNoWorker) {
  constexpr unsigned flush = 0x8040, upward = 0x4000, standard = 0x1f80;
  const auto work_is_standard = [](int threads) {
    std::atomic<int> arrived{0}, bad{0};
    parallel(threads, threads, [&](std::int64_t, std::int64_t, int) {
      meet(arrived, threads);
      volatile float small = std::numeric_limits<float>::denorm_min();
      const bool alive = small * 2.0f > 0.0f;
      if ((_mm_getcsr() & ~0x3fu) != standard || !alive) ++bad;
    });
    return bad == 0;
  };
  const unsigned before = _mm_getcsr();
  for (unsigned state :
       {standard | flush, standard | upward, standard | flush | upward, standard & ~0x200u}) {
    for (int threads : {1, 2, 5, 9}) {  // rising, so that some threads are created in this state
      _mm_setcsr(state);
      const bool good = work_is_standard(threads);
      const unsigned after = _mm_getcsr() & ~0x3fu;
      _mm_setcsr(before);
      EXPECT_TRUE(good) << std::hex << state << " threads " << threads;
      EXPECT_EQ(after, state & ~0x3fu);
    }
  }
}
#endif

TEST(Pool, DefaultFloatsRestoresTheCallersRounding) {
  const auto rounds_up = [] {
    volatile double one = 1, little = 1e-30;
    volatile double sum = one + little;
    return sum > 1;
  };
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  const bool before = rounds_up();
  bool inside = true;
  {
    const DefaultFloats floats;
    inside = rounds_up();
  }
  const bool after = rounds_up();
  std::fesetround(FE_TONEAREST);
  EXPECT_TRUE(before);
  EXPECT_FALSE(inside);
  EXPECT_TRUE(after);
}

TEST(Pool, DefaultThreadsAreTheAllowedCores) {
  EXPECT_GE(default_threads(), 1);
  std::thread([] {
    cpu_set_t set;
    ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
    EXPECT_EQ(default_threads(), CPU_COUNT(&set));
    int first = 0;
    while (!CPU_ISSET(first, &set)) ++first;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
    EXPECT_EQ(default_threads(), 1);
  }).join();
}

}  // namespace
}  // namespace minimand::run
