// Threads that stay: one job at a time, its ranges claimed in rising order; whoever finds the pool busy works
// alone.
#include "run/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace minimand::run {
namespace {

using Clock = std::chrono::steady_clock;
// Longest busy wait: about what a thread takes to wake, so that a loop of calls finds the workers awake.
constexpr auto longest_spin = std::chrono::microseconds(40);

template <class Condition>
void spin_until(Condition condition) {
  for (const auto end = Clock::now() + longest_spin; !condition() && Clock::now() < end;) {
#if defined(__SSE2__)
    for (int i = 0; i < 16; ++i) _mm_pause();
#endif
  }
}

// The ranges of one call of parallel(); it lives on the caller's stack.
struct Job {
  const Work& work;
  std::int64_t tasks;
  int ranges;
  std::atomic<int> next{0};
  int helpers = 0;             // threads that came; under the lock
  std::atomic<int> active{0};  // threads inside; changed under the lock
  std::atomic<int> failed;     // lowest range that threw, or `ranges`
  std::exception_ptr error{};  // its exception; under the lock

  Job(const Work& w, std::int64_t t, int r) : work(w), tasks(t), ranges(r), failed(r) {}

  // Handles ranges until none is left. Ranges above one that failed are dropped: in serial order they would
  // not have begun.
  void run(std::mutex& lock) {
    for (int range; (range = next.fetch_add(1, std::memory_order_relaxed)) < ranges;) {
      if (range > failed.load(std::memory_order_relaxed)) return;
      std::exception_ptr caught;
      try {
        const auto [first, last] = range_of(range, ranges, tasks);
        work(first, last, range);
      } catch (...) {
        caught = std::current_exception();
      }
      if (!caught) continue;
      const std::lock_guard hold(lock);
      if (range < failed.load(std::memory_order_relaxed)) {
        failed.store(range, std::memory_order_relaxed);
        error = std::move(caught);
      }
    }
  }
};

// Guards the pool and what it holds; also taken around fork().
constinit std::mutex guard;

struct Pool {
  Pool* before_fork = nullptr;  // the parent's, whose threads do not exist here
  Job* job = nullptr;           // null: idle, or no more helpers wanted
  bool busy = false;            // a call is in parallel()
  bool stop = false;
  std::atomic<std::uint64_t> calls{0};  // changes with each job
  std::atomic<bool> may_spin{true};     // there is a core for each worker and the caller
  std::condition_variable wake, done;
  std::vector<std::jthread> threads;  // last: they end before what they use

  void serve() {
    const DefaultFloats floats;
    std::unique_lock lock(guard);
    for (std::uint64_t seen = 0; !stop;) {
      if (!job || seen == calls) {
        seen = calls;
        lock.unlock();
        if (may_spin) spin_until([&] { return calls != seen; });
        lock.lock();
        wake.wait(lock, [&] { return stop || (job && calls != seen); });
        continue;
      }
      seen = calls;
      Job& mine = *job;
      ++mine.active;
      if (++mine.helpers == mine.ranges - 1) job = nullptr;  // one range at least is the caller's
      lock.unlock();
      mine.run(guard);
      lock.lock();
      if (--mine.active == 0) done.notify_one();
    }
  }

  // As many threads as asked for, or as many as there can be. Signals are left to the threads of the program,
  // but for those a thread raises by what it does.
  void grow(int count) {
    if (static_cast<int>(threads.size()) >= count) return;
    sigset_t all, before;
    sigfillset(&all);
    for (int raised : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGPROF}) sigdelset(&all, raised);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      threads.reserve(static_cast<std::size_t>(count));
      while (static_cast<int>(threads.size()) < count) threads.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
    } catch (const std::bad_alloc&) {
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    may_spin = static_cast<int>(threads.size()) < default_threads();
  }
};

constinit Pool* pool = nullptr;
constinit bool closed = false;  // the process is ending

// Ends the threads with the process, or when the library is unloaded; not while a call is under way.
struct Closer {
  ~Closer() {
    Pool* last = nullptr;
    {
      const std::lock_guard hold(guard);
      closed = true;
      if (!pool || pool->busy) return;
      last = pool;
      pool = nullptr;
      last->stop = true;
      last->wake.notify_all();
    }
    last->threads.clear();
    delete last;
  }
};

// The pool, with the lock held; null if there cannot be one.
Pool* open_pool() {
  if (pool || closed) return pool;
  static Closer closer;
  static Pool* previous = nullptr;
  static const int handlers = pthread_atfork([] { guard.lock(); }, [] { guard.unlock(); },
                                             [] {
                                               previous = pool ? pool : previous;
                                               pool = nullptr;
                                               guard.unlock();
                                             });
  if (handlers != 0) return nullptr;
  pool = new (std::nothrow) Pool;
  if (pool) pool->before_fork = previous;
  return pool;
}

void run_alone(std::int64_t tasks, int ranges, const Work& work) {
  for (int range = 0; range < ranges; ++range) {
    const auto [first, last] = range_of(range, ranges, tasks);
    work(first, last, range);
  }
}

}  // namespace

int default_threads() {
  // The kernel refuses a set smaller than its own number of cores.
  for (int cores = 1024; cores <= 1 << 18; cores *= 4) {
    cpu_set_t* set = CPU_ALLOC(cores);
    if (!set) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(cores);
    const int allowed = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (allowed > 0) return allowed;
  }
  return 1;
}

void parallel(int threads, std::int64_t tasks, Work work) {
  if (tasks <= 0) return;
  const DefaultFloats floats;
  const int ranges = workers(threads, tasks);
  if (ranges == 1) return work(0, tasks, 0);

  Job job(work, tasks, ranges);
  std::unique_lock lock(guard);
  Pool* const mine = open_pool();
  if (mine && !mine->busy) mine->grow(ranges - 1);
  if (!mine || mine->busy || mine->threads.empty()) {
    lock.unlock();
    return run_alone(tasks, ranges, work);
  }
  mine->busy = true;
  mine->job = &job;
  ++mine->calls;
  lock.unlock();
  for (int i = 1; i < ranges && i <= static_cast<int>(mine->threads.size()); ++i) mine->wake.notify_one();

  job.run(guard);
  lock.lock();
  mine->job = nullptr;  // who has not come by now is not waited for
  if (job.active != 0) {
    lock.unlock();
    if (mine->may_spin) spin_until([&] { return job.active == 0; });
    lock.lock();
    mine->done.wait(lock, [&] { return job.active == 0; });
  }
  mine->busy = false;
  lock.unlock();
  if (job.error) std::rethrow_exception(job.error);
}

}  // namespace minimand::run
