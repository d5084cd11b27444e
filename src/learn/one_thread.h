// oneDNN starts a team of the OpenMP runtime it was linked with unless that runtime is told otherwise in this thread.
// The runtime is found by name, since which one it is (libgomp, libomp) is oneDNN's affair; the caller's own setting is
// put back.
#pragma once

#include <dlfcn.h>

namespace minimand::learn {

class OneThread {
 public:
  OneThread() : before_(api().get && api().set ? api().get() : 1) {
    if (before_ != 1) api().set(1);
  }
  ~OneThread() {
    if (before_ != 1) api().set(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  struct Api {
    int (*get)() = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
    void (*set)(int) = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  };
  static const Api& api() {
    static const Api found;
    return found;
  }
  int before_;
};

}  // namespace minimand::learn
