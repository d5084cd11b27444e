// What the tests of the io layer share: pipes, seed files in memory, and reading them whole.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <functional>
#include <minimand/error.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "files.h"
#include "io/inputs.h"
#include "io/npy.h"

namespace minimand::io::test {

using minimand::test::TemporaryDirectory;
using minimand::test::read_bytes;
using minimand::test::write_bytes;

// A pipe in the file system, fed by a thread `step` bytes at a time.
class Fifo {
 public:
  Fifo(const std::string& path, std::string bytes, std::size_t step) {
    if (::mkfifo(path.c_str(), 0600) != 0) ADD_FAILURE() << "mkfifo " << path;
    feeder_ = std::thread([path, bytes = std::move(bytes), step] {
      const int fd = ::open(path.c_str(), O_WRONLY);
      for (std::size_t at = 0; at < bytes.size();) {
        const ::ssize_t n = ::write(fd, bytes.data() + at, std::min(step, bytes.size() - at));
        if (n <= 0) break;
        at += static_cast<std::size_t>(n);
      }
      ::close(fd);
    });
  }
  ~Fifo() { feeder_.join(); }

 private:
  std::thread feeder_;
};

// Standard input replaced by a file while it lives.
class StandardInput {
 public:
  explicit StandardInput(const std::string& path) : saved_(::dup(0)) {
    const int fd = ::open(path.c_str(), O_RDONLY);
    ::dup2(fd, 0);
    ::close(fd);
  }
  ~StandardInput() {
    ::dup2(saved_, 0);
    ::close(saved_);
  }

 private:
  int saved_;
};

// The code of the error that `what` throws, nothing if it throws none.
inline std::optional<error_code> code_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const error& e) {
    return e.code();
  }
  return std::nullopt;
}

inline std::string message_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const error& e) {
    return e.what();
  }
  return "";
}

// The exit status of the command, 0 if nothing is thrown.
inline int status_of(const std::function<void()>& what) {
  const auto code = code_of(what);
  return code ? exit_status(*code) : 0;
}

// The elements in row-major order, as bytes.
inline std::string bits(const array& a) {
  std::string out;
  const std::size_t size = size_of(a.type);
  std::int64_t index[max_rank]{};
  for (std::int64_t n = a.size(); n > 0; --n) {
    const char* at = static_cast<const char*>(a.data);
    for (int k = 0; k < a.rank; ++k) at += index[k] * a.strides[k];
    out.append(at, size);
    for (int k = a.rank; k-- > 0;) {
      if (++index[k] < a.shape[k]) break;
      index[k] = 0;
    }
  }
  return out;
}

template <class T>
std::vector<T> values(const array& a) {
  EXPECT_EQ(a.type, dtype_of<T>());
  const std::string bytes = bits(a);
  std::vector<T> out(bytes.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

template <class T>
std::string raw(const std::vector<T>& elements) {
  return {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)};
}

// An .npy file with any header text.
inline std::string npy_with(const std::string& dictionary, std::string_view payload, int version = 1) {
  std::string out(npy_magic);
  out += {static_cast<char>(version), '\0'};
  const std::size_t length = dictionary.size() + 1;
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) out += static_cast<char>(length >> 8 * i & 255);
  return out + dictionary + "\n" + std::string(payload);
}

inline std::string npy_of(const std::string& descr, const std::string& shape, std::string_view payload,
                          bool fortran = false) {
  return npy_with("{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
                      ", 'shape': " + shape + ", }",
                  payload);
}

inline std::string gzipped(std::string_view bytes) {
  ::z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string idx_of(int type, const std::vector<std::uint32_t>& shape, std::string_view payload) {
  std::string out{'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(extent >> shift & 255);
  }
  return out + std::string(payload);
}

// Every row in chunks of `rows`, joined along axis 0; the whole input must be valid.
inline std::string read_in_chunks(RowSource& source, std::int64_t rows) {
  std::string out;
  while (source.read(rows) > 0) out += bits(source.chunk(0));
  return out;
}

}  // namespace minimand::io::test
