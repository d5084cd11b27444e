// The IDX reader, plain and through gzip.
#include "io_support.h"

namespace minimand::io::test {
namespace {

std::unique_ptr<RowSource> open(std::string_view bytes, int axis = 0, const Options& options = {},
                                std::size_t step = 0) {
  return idx_rows(memory_source(bytes, "labels.idx", step), axis, options);
}

std::optional<error_code> refusal(std::string_view bytes, std::size_t step = 0) {
  return code_of([&] { read_in_chunks(*open(bytes, 0, {}, step), 3); });
}

TEST(Idx, ReadsEveryTypeBigEndian) {
  const struct {
    int code;
    dtype type;
  } types[] = {{8, dtype::u8},   {9, dtype::i8},   {11, dtype::i16},
               {12, dtype::i32}, {13, dtype::f32}, {14, dtype::f64}};
  for (const auto& [code, type] : types) {
    const std::size_t size = size_of(type);
    std::string payload(4 * size, '\0');
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i + 1);
    std::string expected = payload;
    for (auto at = expected.begin(); at != expected.end(); at += static_cast<long>(size)) {
      std::reverse(at, at + static_cast<long>(size));
    }
    const std::string file = idx_of(code, {2, 2}, payload);
    for (const std::string& bytes : {file, gzipped(file)}) {
      for (const std::size_t step : {0, 1, 1000}) {
        const auto source = open(bytes, 0, {}, step);
        EXPECT_EQ(source->type(0), type);
        EXPECT_EQ(source->shape(0), (std::vector<std::int64_t>{2, 2}));
        EXPECT_EQ(read_in_chunks(*source, 1), expected);
      }
    }
  }
}

TEST(Idx, GzipCanBeReadTwiceFromAFile) {
  const std::string file = gzipped(idx_of(8, {3}, "abc"));
  const auto source = open(file);
  ASSERT_TRUE(source->rewindable());
  EXPECT_EQ(read_in_chunks(*source, 2), "abc");
  source->rewind();
  EXPECT_EQ(read_in_chunks(*source, 1), "abc");
  EXPECT_FALSE(open(file, 0, {}, 1)->rewindable());
  EXPECT_EQ(code_of([&] { open(gzipped(idx_of(8, {2, 2}, "abcd")), 1); }), error_code::SHP002);
}

TEST(Idx, ReadsConcatenatedMembers) {
  const std::string file = idx_of(8, {3}, "abc");
  EXPECT_EQ(read_in_chunks(*open(gzipped(file.substr(0, 5)) + gzipped(file.substr(5))), 2), "abc");
}

TEST(Idx, RefusesMalformedHeaders) {
  EXPECT_EQ(refusal(""), error_code::IDX001);
  EXPECT_EQ(refusal(idx_of(7, {3}, "abc")), error_code::IDX001);
  EXPECT_EQ(refusal(idx_of(10, {3}, "abc")), error_code::IDX001);
  EXPECT_EQ(refusal(idx_of(8, {}, "a")), error_code::IDX001);
  EXPECT_EQ(refusal("\1" + idx_of(8, {3}, "abc").substr(1)), error_code::IDX001);
  EXPECT_EQ(refusal(idx_of(8, std::vector<std::uint32_t>(9, 1), "a")), error_code::SHP002);
  EXPECT_EQ(refusal(idx_of(8, {3}, "ab")), error_code::IDX002);
  EXPECT_EQ(refusal(idx_of(8, {3}, "abcd")), error_code::IDX002);
  EXPECT_EQ(refusal(idx_of(8, {3}, "abcd"), 1), error_code::IDX002);
  EXPECT_EQ(refusal(idx_of(14, {0xffffffff, 0xffffffff, 0xffffffff}, "abcd")), error_code::IDX001);
  EXPECT_EQ(refusal(idx_of(8, {0xffffffff, 0xffff}, "abcd"), 1), error_code::IDX002);
  EXPECT_EQ(refusal(idx_of(8, {0xffffffff, 0}, "")), error_code::IDX001);
}

TEST(Idx, RefusesDamagedGzip) {
  const std::string file = gzipped(idx_of(8, {3}, "abc"));
  EXPECT_EQ(refusal(file + "garbage"), error_code::IDX003);
  EXPECT_EQ(refusal(file + std::string(1, '\0')), error_code::IDX003);
  EXPECT_EQ(refusal(gzipped(idx_of(8, {3}, "ab"))), error_code::IDX002);
  EXPECT_EQ(refusal(gzipped(idx_of(8, {3}, "abcd"))), error_code::IDX002);
  std::string checksum = file;
  checksum[checksum.size() - 8] = static_cast<char>(checksum[checksum.size() - 8] ^ 1);
  EXPECT_EQ(refusal(checksum), error_code::IDX003);
  EXPECT_EQ(refusal("\x1f\x8b"), error_code::IDX003);
}

// 8 MiB of zeros pack 1,000 times or more; the limit stops them long before they are all there.
TEST(Idx, RefusesWhatUnpacksBeyondTheLimit) {
  const std::uint32_t n = 8u << 20;
  const std::string bomb = gzipped(idx_of(8, {n}, std::string(n, '\0')));
  ASSERT_GT(n / bomb.size(), 1000u);
  EXPECT_EQ(refusal(bomb), error_code::IDX003);
  EXPECT_EQ(refusal(bomb, 4096), error_code::IDX003);
  EXPECT_EQ(refusal(gzipped(idx_of(8, {0xffffffff, 0xffff}, "abc"))), error_code::IDX003);
  Options options;
  options.max_unpack = 2000;
  EXPECT_EQ(read_in_chunks(*open(bomb, 0, options), 1 << 20), std::string(n, '\0'));
}

TEST(Idx, EveryTruncationAndBitFlipIsRefusedOrConsistent) {
  const std::string plain = idx_of(11, {2, 2}, "abcdefgh");
  for (const std::string& seed : {plain, idx_of(13, {3}, std::string(12, '\x40')), gzipped(plain)}) {
    ASSERT_EQ(refusal(seed), std::nullopt);
    for (std::size_t n = 0; n < seed.size(); ++n) {
      EXPECT_EQ(status_of([&] { read_in_chunks(*open(seed.substr(0, n)), 2); }), 65) << n;
    }
    for (std::size_t bit = 0; bit < 8 * seed.size(); ++bit) {
      std::string flipped = seed;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const int status = status_of([&] { EXPECT_LE(read_in_chunks(*open(flipped), 2).size(), 64u); });
      EXPECT_TRUE(status == 0 || status == 65) << bit;
    }
  }
}

}  // namespace
}  // namespace minimand::io::test
