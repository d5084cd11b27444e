// No byte outside an array is read or written: every array lies between two pages that may not be touched, at
// every offset, for every size up to three steps of the widest loop and one more.
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "conformance.h"

namespace minimand::test {
namespace {

// Where a test stands, for the handler of the fault that it provokes when it fails.
char standing[512];
void on_fault(int number) {
  const char* what = "\nFAULT: memory outside an array was touched: ";
  static_cast<void>(!write(2, what, std::strlen(what)));
  static_cast<void>(!write(2, standing, std::strlen(standing)));
  static_cast<void>(!write(2, "\n", 1));
  std::signal(number, SIG_DFL);
  std::raise(number);
}

// Memory between two guard pages, used from its start or up to its end.
class Guarded {
 public:
  explicit Guarded(std::size_t capacity) {
    page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    room_ = (capacity + page_ - 1) / page_ * page_;
    void* p = mmap(nullptr, room_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    whole_ = static_cast<char*>(p);
    if (mprotect(whole_ + page_, room_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    std::memset(begin(), canary, room_);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(whole_, room_ + 2 * page_); }

  // Room for `bytes`, `offset` bytes from the first (or before the last) that may be touched; the rest is
  // filled with a byte that has to stay.
  char* place(std::size_t bytes, std::size_t offset, bool at_end) {
    if (at_) std::memset(at_, canary, bytes_);
    bytes_ = bytes;
    return at_ = at_end ? begin() + room_ - bytes - offset : begin() + offset;
  }
  // Whether the bytes around what was placed are as they were; looks near it only.
  bool untouched() const {
    if (!at_) return true;
    const char *from = std::max(begin(), at_ - 128), *to = std::min(begin() + room_, at_ + bytes_ + 128);
    for (const char* p = from; p < to; ++p) {
      if (p >= at_ && p < at_ + bytes_) continue;
      if (*p != canary) return false;
    }
    return true;
  }

 private:
  static constexpr char canary = 0x5a;
  char* begin() const { return whole_ + page_; }
  char* whole_ = nullptr;
  char* at_ = nullptr;
  std::size_t page_ = 0, room_ = 0, bytes_ = 0;
};

// A buffer for each argument of a call.
struct Arena {
  Guarded prediction, target, weight, class_weight, values, gradient, hessian;
  explicit Arena(std::size_t capacity)
      : prediction(capacity),
        target(capacity),
        weight(capacity),
        class_weight(capacity),
        values(capacity),
        gradient(capacity),
        hessian(capacity) {}
};

template <class T>
void check(const Form& form, const Sample<T>& s, Arena& memory, std::size_t offset, bool at_end,
           bool in_place) {
  std::snprintf(standing, sizeof standing, "%s, %s, %s, %lld x %lld, %zu bytes from the %s%s",
                form.title().c_str(), sizeof(T) == 4 ? "f32" : "f64", target(),
                static_cast<long long>(s.rows), static_cast<long long>(s.classes), offset,
                at_end ? "end" : "start", in_place ? ", in place" : "");
  const auto want = evaluate(form, s, 2);
  const auto copied = [&](Guarded& to, const auto& x) {
    char* at = to.place(x.size() * sizeof x[0], offset, at_end);
    if (!x.empty()) std::memcpy(at, x.data(), x.size() * sizeof x[0]);
    return at;
  };
  const std::int64_t extents[] = {s.rows, s.classes};
  const auto shape = std::span<const std::int64_t>(extents).first(s.row ? 2 : 1);
  const auto rows = std::span<const std::int64_t>(extents).first(1),
             classes = std::span<const std::int64_t>(extents).subspan(1);
  constexpr dtype type = dtype_of<T>();
  const array z(copied(memory.prediction, s.prediction), type, shape, true);
  const array y = s.by_index ? array(copied(memory.target, s.label), dtype::i64, rows, false)
                             : array(copied(memory.target, s.target), type, shape, false);
  Call call;
  if (!s.weight.empty()) call.weight = array(copied(memory.weight, s.weight), type, rows, false);
  if (!s.class_weight.empty())
    call.class_weight = array(copied(memory.class_weight, s.class_weight), type, classes, false);
  Outputs<T> got;
  got.values.resize(want.values.size()), got.gradient.resize(want.gradient.size()),
      got.hessian.resize(want.hessian.size());
  call.values = array(copied(memory.values, got.values), type, rows, true);
  call.gradient = in_place ? z : array(copied(memory.gradient, got.gradient), type, shape, true);
  call.hessian = array(copied(memory.hessian, got.hessian), type, shape, true);
  got.result = form.f(z, y, call);
  const auto back = [](std::vector<T>& x, const array& a) {
    if (!x.empty()) std::memcpy(x.data(), a.data, x.size() * sizeof(T));
  };
  back(got.values, call.values), back(got.gradient, call.gradient), back(got.hessian, call.hessian);
  EXPECT_EQ(difference(want, got), "") << standing;
  EXPECT_TRUE(memory.prediction.untouched() && memory.target.untouched() && memory.weight.untouched() &&
              memory.class_weight.untouched() && memory.values.untouched() && memory.gradient.untouched() &&
              memory.hessian.untouched())
      << standing;
}

class Memory : public OfLoss {
 protected:
  void SetUp() override {
    OfLoss::SetUp();
    std::signal(SIGSEGV, on_fault);
    std::signal(SIGBUS, on_fault);
  }
  void TearDown() override {
    std::signal(SIGSEGV, SIG_DFL);
    std::signal(SIGBUS, SIG_DFL);
  }
};
CONFORMANCE_OF_ALL(Memory);

// All sizes and all offsets on the fastest target, some offsets on the others.
TEST_P(Memory, OfSmallArraysStaysInside) {
  Arena memory(1 << 16);
  const run::Target fastest = run::active_target();
  for (const run::Target t : available_targets()) {
    const OnTarget on(t);
    Random r;
    const Form form = forms(entry()).front();
    for (std::int64_t n = 0; n <= 3 * 32 + 1; ++n) {
      auto s = sample<float>(form, is_row() ? 2 : n, is_row() ? std::max<std::int64_t>(n, 1) : 1, r);
      auto d = sample<double>(form, s.rows, s.classes, r);
      if (n % 2) weigh(s, r), weigh(d, r);
      if (is_row() && n % 3 == 0) s.class_weight.assign(static_cast<std::size_t>(s.classes), 0.75f);
      for (std::size_t offset = 0; offset < 64; ++offset) {
        const bool some = offset < 5 || offset == 31 || offset == 32 || offset == 60 || offset == 63;
        if (!some && (sanitized || t != fastest || n % 4 == 2)) continue;
        for (const bool at_end : {false, true}) {
          check(form, s, memory, offset, at_end, offset % 8 == 4);
          if (some) check(form, d, memory, offset, at_end, offset == 32);
        }
        if (HasFailure()) return;
      }
    }
  }
}

// Widths of a row to two vectors and more, and around a tile; blocks of elements.
TEST_P(Memory, OfWideRowsAndBlocksStaysInside) {
  Arena memory(1 << 18);
  for (const run::Target t : available_targets()) {
    const OnTarget on(t);
    for (const Form& form : forms(entry(), true)) {
      Random r;
      std::vector<std::int64_t> widths;
      if (is_row()) {
        for (std::int64_t k = 1; k <= 70; ++k) widths.push_back(k);
        for (const std::int64_t k : {2047, 2048, 2049, 5000}) widths.push_back(k);
      } else {
        widths = {4095, 4096, 4097, 8191};
      }
      for (const std::int64_t k : widths) {
        auto s = sample<float>(form, is_row() ? 3 : k, is_row() ? k : 1, r);
        auto d = sample<double>(form, s.rows, s.classes, r);
        for (const std::size_t offset : {0, 1, 4, 32}) {
          for (const bool at_end : {false, true}) {
            check(form, s, memory, offset, at_end, false);
            check(form, d, memory, offset, at_end, offset == 4);
          }
        }
        if (HasFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace minimand::test
