// Runs the command in a directory of its own and catches what it says.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <minimand/evaluate.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "files.h"
#include "io/npy_writer.h"
#include "json_value.h"

namespace minimand::test {

struct Outcome {
  int status = -1;  // exit status, or 128 + signal
  std::string out, err;
};

class CommandTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_ / name; }

  // Starts the command in the test's folder; its standard streams are the files stdin, stdout and stderr there.
  pid_t start(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {},
              const char* out = "stdout") const {
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (::chdir(folder_.path().c_str()) != 0) ::_exit(126);
    const auto redirect = [](const char* file, int flags, int to) {
      const int fd = ::open(file, flags, 0600);
      if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
      ::close(fd);
    };
    redirect(::access("stdin", F_OK) == 0 ? "stdin" : "/dev/null", O_RDONLY, 0);
    redirect(out, O_WRONLY | O_CREAT | (std::strcmp(out, "stdout") == 0 ? O_TRUNC : 0), 1);
    redirect("stderr", O_WRONLY | O_CREAT | O_TRUNC, 2);
    for (const std::string& variable : environment) ::putenv(const_cast<char*>(variable.c_str()));
    std::vector<char*> argv = {const_cast<char*>("minimand")};
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    ::execv(MINIMAND_CLI, argv.data());
    ::_exit(127);
  }

  Outcome wait_for(pid_t child) const {
    int status = 0;
    ::waitpid(child, &status, 0);
    Outcome o;
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    o.out = read_bytes(path("stdout"));
    o.err = read_bytes(path("stderr"));
    return o;
  }

  Outcome run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {},
              const char* out = "stdout") const {
    return wait_for(start(arguments, environment, out));
  }

  // Runs it and parses what it printed; fails the test if it did not succeed.
  JsonValue json_of(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--format", "json"});
    const Outcome o = run(arguments);
    EXPECT_EQ(o.status, 0) << o.err;
    return JsonValue::parse(o.out);
  }

  template <class T>
  void write_npy(const std::string& name, const std::vector<T>& values, std::vector<std::int64_t> shape = {}) const {
    if (shape.empty()) shape = {static_cast<std::int64_t>(values.size())};
    io::NpyWriter file(path(name), dtype_of<T>(), shape);
    file.write(array(values.data(), dtype_of<T>(), shape, false));
    file.commit();
  }
  void write_text(const std::string& name, std::string_view text) const { write_bytes(path(name), text); }
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

  TemporaryDirectory folder_;
};

// The elements of a version 1 .npy file.
template <class T>
std::vector<T> npy_values(const std::string& bytes) {
  const std::size_t header = 10 + static_cast<unsigned char>(bytes.at(8)) + 256u * static_cast<unsigned char>(bytes.at(9));
  std::vector<T> out((bytes.size() - header) / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), bytes.data() + header, out.size() * sizeof(T));
  return out;
}

// Numbers in [-4, 4) that are the same everywhere.
template <class T>
std::vector<T> numbers(std::size_t n, std::uint64_t seed) {
  std::vector<T> out(n);
  for (T& x : out) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    x = static_cast<T>(static_cast<double>(seed >> 40) * 0x1p-21 - 4);
  }
  return out;
}

}  // namespace minimand::test
