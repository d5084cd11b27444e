// The .npy reader: what it reads, what it refuses, and that no file makes it allocate or crash.
#include <algorithm>
#include <numeric>
#include <random>

#include "io/npy_writer.h"
#include "io_support.h"

namespace minimand::io::test {
namespace {

std::unique_ptr<RowSource> open(std::string_view bytes, int axis = 0, const Options& options = {},
                                std::size_t step = 0) {
  return npy_rows(memory_source(bytes, "p.npy", step), axis, options);
}

std::optional<error_code> refusal(std::string_view bytes, const Options& options = {}) {
  return code_of([&] { read_in_chunks(*open(bytes, 0, options), 7); });
}

const std::vector<float> six{1, 2, 3, 4, 5, 6};

TEST(Npy, ReadsAMatrixInAnyChunks) {
  const std::string file = npy_of("<f4", "(3, 2)", raw(six));
  for (const std::int64_t rows : {1, 2, 3, 100}) {
    const auto source = open(file);
    EXPECT_EQ(source->rows(), 3);
    EXPECT_EQ(source->type(0), dtype::f32);
    EXPECT_EQ(source->shape(0), (std::vector<std::int64_t>{3, 2}));
    EXPECT_EQ(read_in_chunks(*source, rows), raw(six)) << rows;
  }
}

TEST(Npy, ReadsEveryType) {
  const struct {
    const char* kind;
    dtype type;
  } types[] = {{"f2", dtype::f16}, {"f4", dtype::f32}, {"f8", dtype::f64}, {"i1", dtype::i8},
               {"i2", dtype::i16}, {"i4", dtype::i32}, {"i8", dtype::i64}, {"u1", dtype::u8},
               {"u2", dtype::u16}, {"u4", dtype::u32}, {"u8", dtype::u64}, {"b1", dtype::boolean}};
  for (const auto& [kind, type] : types) {
    const std::size_t size = size_of(type);
    std::string payload;
    for (std::size_t i = 0; i < 3 * size; ++i)
      payload += static_cast<char>(type == dtype::boolean ? i & 1 : i + 1);
    std::string swapped = payload;
    for (std::size_t i = 0; i < 3; ++i) {
      std::reverse(swapped.begin() + static_cast<long>(i * size),
                   swapped.begin() + static_cast<long>((i + 1) * size));
    }
    for (const char order : {'<', '=', '|', '>'}) {
      const std::string file = npy_of(order + std::string(kind), "(3,)", order == '>' ? swapped : payload);
      const auto source = open(file);
      EXPECT_EQ(source->type(0), type) << kind;
      EXPECT_EQ(read_in_chunks(*source, 2), payload) << order << kind;
    }
  }
}

TEST(Npy, ReadsVersionsOneToThreeAndHeadersOfOtherWriters) {
  for (const int version : {1, 2, 3}) {
    EXPECT_EQ(
        refusal(npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", raw(six), version)),
        std::nullopt);
  }
  for (const char* header : {"{\"shape\":(6,),\"descr\":\"<f4\",\"fortran_order\":False}",
                             "{'fortran_order': False, 'shape': (2,3,), 'descr': '<f4' , }      ",
                             " { 'descr' : '<f4', 'fortran_order' : True, 'shape' : ( 6 , ) }"}) {
    EXPECT_EQ(refusal(npy_with(header, raw(six))), std::nullopt) << header;
  }
  for (const int version : {0, 4, 255}) {
    EXPECT_EQ(refusal(npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", raw(six), version)),
              error_code::NPY001);
  }
}

TEST(Npy, VoidIsBf16OnlyWhenSaid) {
  const std::string file = npy_of("<V2", "(2,)", std::string("\x80\x3f\x00\x40", 4));
  EXPECT_EQ(refusal(file), error_code::NPY003);
  Options options;
  options.as = dtype::bf16;
  const auto source = open(file, 0, options);
  source->read(2);
  EXPECT_EQ(source->type(0), dtype::bf16);
  EXPECT_EQ(bits(source->chunk(0)), std::string("\x80\x3f\x00\x40", 4));
  EXPECT_EQ(refusal(npy_of("<V3", "(1,)", "abc"), options), error_code::NPY003);
}

TEST(Npy, ReadsFortranOrderAndAnyAxis) {
  std::vector<std::int32_t> elements(2 * 3 * 4);
  std::iota(elements.begin(), elements.end(), 0);
  const auto element = [&](bool fortran, int i, int j, int k) {
    return fortran ? elements[static_cast<std::size_t>(i + 2 * (j + 3 * k))]
                   : elements[static_cast<std::size_t>((i * 3 + j) * 4 + k)];
  };
  for (const bool fortran : {false, true}) {
    const std::string file = npy_of("<i4", "(2, 3, 4)", raw(elements), fortran);
    for (const int axis : {0, 1, 2, -1, -3}) {
      for (const std::int64_t rows : {1, 2, 5}) {
        const auto source = open(file, axis);
        const int along = axis < 0 ? axis + 3 : axis;
        const std::int64_t extents[] = {2, 3, 4};
        ASSERT_EQ(source->rows(), extents[along]);
        for (std::int64_t begin = 0; begin < extents[along];) {
          const std::int64_t n = source->read(rows);
          const array chunk = source->chunk(0);
          ASSERT_EQ(chunk.shape[along], n);
          std::string expected;
          for (int i = 0; i < chunk.shape[0]; ++i) {
            for (int j = 0; j < chunk.shape[1]; ++j) {
              for (int k = 0; k < chunk.shape[2]; ++k) {
                const int shift = static_cast<int>(begin);
                const std::int32_t e = element(fortran, i + (along == 0) * shift, j + (along == 1) * shift,
                                               k + (along == 2) * shift);
                expected.append(reinterpret_cast<const char*>(&e), 4);
              }
            }
          }
          ASSERT_EQ(bits(chunk), expected) << "axis " << axis << " rows " << rows << " fortran " << fortran;
          begin += n;
        }
        EXPECT_EQ(source->read(rows), 0);
      }
    }
  }
  EXPECT_EQ(code_of([&] { open(npy_of("<i4", "(2, 3, 4)", raw(elements)), 3); }), error_code::SHP002);
}

TEST(Npy, AStreamIsReadOnlyAlongItsSlowestAxis) {
  const std::string matrix = npy_of("<f4", "(3, 2)", raw(six));
  EXPECT_EQ(read_in_chunks(*open(matrix, 0, {}, 3), 2), raw(six));
  EXPECT_EQ(code_of([&] { open(matrix, 1, {}, 3); }), error_code::SHP002);
  const std::string fortran = npy_of("<f4", "(3, 2)", raw(six), true);
  EXPECT_EQ(code_of([&] { open(fortran, 0, {}, 3); }), error_code::SHP002);
  EXPECT_NO_THROW(open(fortran, 1, {}, 3));
  EXPECT_EQ(read_in_chunks(*open(npy_of("<f4", "(6,)", raw(six), true), 0, {}, 5), 4), raw(six));
}

TEST(Npy, ReadsScalarsAndEmptyArrays) {
  const std::string one = npy_of("<f4", "()", raw(std::vector<float>{3}));
  const auto scalar = open(one);
  EXPECT_EQ(scalar->rows(), 1);
  EXPECT_EQ(scalar->read(5), 1);
  EXPECT_EQ(scalar->chunk(0).rank, 0);
  EXPECT_EQ(values<float>(scalar->chunk(0)), std::vector<float>{3});
  EXPECT_EQ(scalar->read(5), 0);
  EXPECT_EQ(open(npy_of("<f4", "(0, 3)", ""))->read(5), 0);
  const std::string empty = npy_of("<f4", "(4, 0)", "");
  const auto none = open(empty);
  EXPECT_EQ(none->read(3), 3);
  EXPECT_EQ(none->read(3), 1);
  EXPECT_EQ(none->chunk(0).size(), 0);
}

// Each is refused with 65; the codes tell why.
TEST(Npy, RefusesHostileHeaders) {
  const auto shape = [](const std::string& s) { return npy_of("<f4", s, raw(six)); };
  for (const char* s : {"(-1,)", "(-1, -6)", "(9223372036854775808,)", "(1000000000000000000000000000000,)",
                        "(True, 6)", "((6,),)", "(6)", "6", "[6]", "(6L,)", "(06,)", "(+6,)", "(6.0,)", "(6,,)",
                        "(,)", "(6", "(6, 0x1)", "(6 6)", "()) ()", "(4294967296, 4294967296)",
                        "(4611686018427387904, 4)", "(9223372036854775807, 0)", "(1, 9223372036854775807)",
                        "(16777217, 0)", "('6',)", "(6;)", "None", ""}) {
    EXPECT_EQ(refusal(shape(s)), error_code::NPY002) << s;
  }
  std::string axes;
  for (int i = 0; i < 33; ++i) axes += "1, ";
  EXPECT_EQ(refusal(shape("(" + axes + ")")), error_code::NPY002);
  EXPECT_EQ(refusal(npy_of("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 6)", raw(six))), error_code::SHP002);

  for (const char* header :
       {"", "{", "{}", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} # a comment",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,),,}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': Falsehood, 'shape': (6,)}",
        "{'descr': <f4, 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4\\'', 'fortran_order': False, 'shape': (6,)}",
        "{'descr\": '<f4', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), '}",
        "{u'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", "__import__('os').system('true')"}) {
    EXPECT_EQ(refusal(npy_with(header, raw(six))), error_code::NPY002) << header;
  }
  EXPECT_EQ(refusal(npy_with(std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}\0", 56),
                             raw(six))),
            error_code::NPY002);
}

TEST(Npy, RefusesElementTypesThatAreNoNumbers) {
  for (const char* descr : {"|O", "O", "<U10", "|S5", "<M8[ns]", "<c8", "<f16", "<V0", "|V1000000000", "f4", "<f",
                            "<", "", "4", "<f4 ", "<F4", "<i16", "<b1x", "<f-4", "<4f", "!f4",
                            "<f99999999999999999999"}) {
    EXPECT_EQ(refusal(npy_of(descr, "(6,)", raw(six))), error_code::NPY003) << descr;
  }
  EXPECT_EQ(refusal(npy_with("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}", raw(six))),
            error_code::NPY003);
  // NumPy writes a pickle after such a header: CVE-2019-6446.
  EXPECT_NE(message_of([] { open(npy_of("|O", "(1,)", "\x80\x03]q")); }).find("object arrays are never read"),
            std::string::npos);
  EXPECT_EQ(refusal(npy_of("|b1", "(3,)", std::string("\0\1\2", 3))), error_code::NPY003);
}

// The sizes are refused before anything of that size exists: the address space is not there either.
TEST(Npy, RefusesSizesTheFileDoesNotHave) {
  std::string long_header = std::string(npy_magic) + std::string("\2\0\xff\xff\xff\xff", 6);
  EXPECT_EQ(refusal(long_header), error_code::NPY002);
  long_header.resize(70000, ' ');
  EXPECT_EQ(refusal(long_header), error_code::NPY002);
  EXPECT_EQ(refusal(std::string(npy_magic) + std::string("\1\0\xff\xff", 4)), error_code::NPY002);

  const std::string huge = npy_of("<f4", "(1048576, 1048576)", std::string(8, '\0'));
  EXPECT_EQ(refusal(huge), error_code::NPY004);
  // A stream does not tell its size; what it declares must not be allocated.
  EXPECT_EQ(code_of([&] { open(huge, 0, {}, 64)->read(1 << 20); }), error_code::NPY004);
  EXPECT_EQ(code_of([&] { open(npy_of("<f4", "(1, 1099511627776)", "12345678"), 0, {}, 64)->read(1); }),
            error_code::NPY004);

  const std::string message = message_of([&] { open(npy_of("<f4", "(64, 64)", std::string(8, '\0'))); });
  EXPECT_EQ(message,
            "p.npy: header declares 16384 B of data (shape (64, 64), f32), file has 8 after offset 72");
}

TEST(Npy, RefusesTrailingBytesUnlessLenient) {
  const std::string file = npy_of("<f4", "(6,)", raw(six) + "x");
  EXPECT_EQ(refusal(file), error_code::NPY004);
  EXPECT_EQ(code_of([&] { read_in_chunks(*open(file, 0, {}, 4), 100); }), error_code::NPY004);
  Options options;
  options.lenient = true;
  EXPECT_EQ(refusal(file, options), std::nullopt);
  EXPECT_EQ(read_in_chunks(*open(file, 0, options, 4), 4), raw(six));
}

TEST(Npy, RespectsTheLimitsOfTheCaller) {
  Options options;
  options.max_rows = 5;
  EXPECT_EQ(refusal(npy_of("<f4", "(6,)", raw(six)), options), error_code::MEM001);
  options.max_rows = 6;
  EXPECT_EQ(refusal(npy_of("<f4", "(6,)", raw(six)), options), std::nullopt);
  options.max_bytes = 16;
  EXPECT_EQ(code_of([&] { open(npy_of("<f4", "(6,)", raw(six)), 0, options)->read(6); }), error_code::MEM001);
  EXPECT_EQ(read_in_chunks(*open(npy_of("<f4", "(6,)", raw(six)), 0, options), 4), raw(six));
}

const std::vector<std::string> seeds() {
  return {npy_of("<f4", "(3, 2)", raw(six)),
          npy_of(">f8", "(2,)", std::string(16, '\x40')),
          npy_of("|b1", "(5,)", std::string("\0\1\1\0\1", 5)),
          npy_of("<i8", "()", std::string(8, '\7')),
          npy_of("<u2", "(2, 2)", "abcdefgh", true),
          npy_header(dtype::f64, std::vector<std::int64_t>{2}) + "0123456789abcdef"};
}

TEST(Npy, RefusesEveryTruncation) {
  for (const std::string& seed : seeds()) {
    ASSERT_EQ(refusal(seed), std::nullopt);
    for (std::size_t n = 0; n < seed.size(); ++n) {
      const std::string part = seed.substr(0, n);
      EXPECT_EQ(status_of([&] { read_in_chunks(*open(part), 2); }), 65) << n;
      EXPECT_EQ(status_of([&] { read_in_chunks(*open(part, 0, {}, 1), 2); }), 65) << n;
    }
  }
}

// A flip is refused, or changes what the file says and nothing else: size and shape still agree.
TEST(Npy, EveryBitFlipIsRefusedOrConsistent) {
  for (const std::string& seed : seeds()) {
    int accepted = 0;
    for (std::size_t bit = 0; bit < 8 * seed.size(); ++bit) {
      std::string flipped = seed;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      try {
        const auto source = open(flipped);
        const std::string read = read_in_chunks(*source, 2);
        EXPECT_LE(read.size(), seed.size());
        ++accepted;
      } catch (const error& e) {
        EXPECT_EQ(exit_status(e.code()), 65) << e.what();
      }
    }
    EXPECT_GT(accepted, 0);
  }
}

TEST(Npy, RandomBytesAreRefused) {
  std::mt19937 random(20240607);
  for (int i = 0; i < 2000; ++i) {
    std::string file = npy_of("<f4", "(3, 2)", raw(six));
    for (int k = 0; k < 3; ++k) file[random() % file.size()] = static_cast<char>(random());
    EXPECT_TRUE(status_of([&] { read_in_chunks(*open(file), 2); }) % 65 == 0);
  }
}

}  // namespace
}  // namespace minimand::io::test
