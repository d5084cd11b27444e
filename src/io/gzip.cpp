// Streaming inflation with a bound on how much a packed byte may become.
#include "io/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace minimand::io {
namespace {

class GzipSource final : public Source {
 public:
  GzipSource(std::unique_ptr<Source> packed, std::uint64_t most_per_byte)
      : Source(packed->name()), packed_(std::move(packed)), most_per_byte_(most_per_byte) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  bool rewindable() const noexcept override { return packed_->rewindable(); }

 private:
  std::size_t pull(void* to, std::size_t n) override {
    stream_.next_out = static_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(n, std::size_t{1} << 30));
    const uInt asked = stream_.avail_out;
    while (stream_.avail_out == asked && !done_) step();
    return asked - stream_.avail_out;
  }

  void step() {
    if (stream_.avail_in == 0) {
      stream_.next_in = buffer_.data();
      stream_.avail_in = static_cast<uInt>(packed_->read_some(buffer_.data(), buffer_.size()));
      if (stream_.avail_in == 0) {
        if (!between_) damaged("ends within the gzip stream");
        done_ = true;
        return;
      }
    }
    if (between_) inflateReset(&stream_);  // RFC 1952, 2.2: members follow each other
    between_ = false;
    const uInt in = stream_.avail_in, out = stream_.avail_out;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    used_ += in - stream_.avail_in;
    made_ += out - stream_.avail_out;
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) damaged("is damaged");
    const std::int64_t packed = packed_->size() >= 0 ? packed_->size() : used_;
    if (static_cast<unsigned __int128>(made_) > static_cast<unsigned __int128>(packed) * most_per_byte_) {
      throw error(error_code::IDX003, name() + ": unpacks to more than " + std::to_string(most_per_byte_) +
                                          " times its packed size (after " + std::to_string(made_) + " B)");
    }
    between_ = status == Z_STREAM_END;
  }

  [[noreturn]] void damaged(const char* what) {
    const std::string detail = stream_.msg ? std::string(" (") + stream_.msg + ")" : "";
    throw error(error_code::IDX003,
                name() + ": " + what + detail + " at packed offset " + std::to_string(used_));
  }

  void move_to(std::int64_t) override {
    packed_->seek(0);
    inflateReset(&stream_);
    stream_.avail_in = 0;
    used_ = made_ = 0;
    between_ = done_ = false;
  }

  std::unique_ptr<Source> packed_;
  std::uint64_t most_per_byte_;
  std::int64_t used_ = 0, made_ = 0;
  bool between_ = false, done_ = false;  // a member has ended; so has the file
  ::z_stream stream_{};
  std::array<unsigned char, 65536> buffer_;
};

}  // namespace

std::unique_ptr<Source> gzip_source(std::unique_ptr<Source> packed, const Options& options) {
  return std::make_unique<GzipSource>(std::move(packed), static_cast<std::uint64_t>(options.max_unpack));
}

}  // namespace minimand::io
