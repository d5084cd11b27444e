// The CSV reader: rows, cells and numbers, whatever the block size, and what it refuses.
#include <clocale>
#include <cmath>
#include <limits>
#include <random>

#include "api/escape.h"
#include "io/csv.h"
#include "io/load.h"
#include "io_support.h"

namespace minimand::io::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// All rows with their lines, or the message of the error, read in blocks of `block` that arrive `step` at a
// time.
std::string transcript(std::string_view bytes, std::size_t block = 65536, std::size_t step = 0,
                       const Options& options = {}) {
  std::string out;
  try {
    CsvReader reader(memory_source(bytes, "t.csv", step), options, block);
    while (reader.next()) {
      out += std::to_string(reader.line()) + ":";
      for (std::size_t c = 0; c < reader.columns(); ++c) out += "<" + std::string(reader.cell(c)) + ">";
      out += "\n";
    }
  } catch (const error& e) {
    out += std::string(name(e.code())) + " " + e.what();
  }
  return out;
}

std::optional<error_code> refusal(std::string_view bytes, const std::string& columns,
                                  const Options& options = {}) {
  return code_of([&] {
    const auto rows = csv_rows(memory_source(bytes, "t.csv"), options);
    rows->select(columns);
    read_in_chunks(*rows, 3);
  });
}

std::string complaint(std::string_view bytes, const std::string& columns, const Options& options = {}) {
  return message_of([&] {
    const auto rows = csv_rows(memory_source(bytes, "t.csv"), options);
    rows->select(columns);
    read_in_chunks(*rows, 3);
  });
}

std::vector<double> column(std::string_view bytes, const std::string& columns, const Options& options = {}) {
  const auto rows = csv_rows(memory_source(bytes, "t.csv"), options);
  rows->select(columns);
  rows->read(1000);
  return values<double>(rows->chunk(0));
}

TEST(CsvNumber, ReadsTheGrammarOfFromChars) {
  const struct {
    const char* text;
    double value;
  } cases[] = {{"0", 0.0}, {"-0", -0.0}, {"1", 1}, {"-1.5", -1.5}, {".5", .5}, {"5.", 5}, {"1e3", 1000},
               {"1E+3", 1000}, {"1e-3", 1e-3}, {"0.1", 0.1}, {"00012", 12},
               {"9007199254740993", 9007199254740992.0}, {"2.2250738585072011e-308", 2.2250738585072011e-308},
               {"5e-324", 5e-324}, {"1.7976931348623157e308", 1.7976931348623157e308}, {"1e999", INFINITY},
               {"-1e999", -INFINITY}, {"1e99999999999999999999", INFINITY}, {"1e-999", 0.0}, {"-1e-999", -0.0},
               {"1e-99999999999999999999", 0.0}, {"0e999", 0.0}, {"inf", INFINITY}, {"-Inf", -INFINITY},
               {"Infinity", INFINITY}, {"-INFINITY", -INFINITY}};
  for (const auto& [text, value] : cases) {
    const auto read = parse_number(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, value) << text;
    EXPECT_EQ(std::signbit(*read), std::signbit(value)) << text;
  }
  const std::string zeros(400, '0');
  EXPECT_EQ(parse_number("1" + zeros), INFINITY);
  EXPECT_EQ(parse_number("0." + zeros + "1"), 0.0);
  EXPECT_EQ(parse_number("0." + zeros + "1e401"), 1.0);
  EXPECT_EQ(parse_number("1" + zeros + "e-400"), 1.0);
  for (const char* text : {"nan", "NaN", "NAN", "-nan"})
    EXPECT_TRUE(std::isnan(parse_number(text).value())) << text;
}

TEST(CsvNumber, RefusesEverythingElse) {
  for (const char* text : {"", " ", "1 ", " 1", "+1", "++1", "--1", "-", ".", "-.", "e5", "1e", "1e+", "0x1p3",
                           "0x10", "1,5", "1_000", "1.2.3", "nan(1)", "nan(ind)", "infinit", "infinityx", "+inf",
                           "1.#INF", "NA", "N/A", "null", "None", "true", "1f", "1d0", "\xef\xbb\xbf" "1", "١", "½",
                           "1\n"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(CsvNumber, DoesNotDependOnTheLocale) {
  const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
  if (!german) german = std::setlocale(LC_ALL, "de_DE");
  EXPECT_EQ(parse_number("1.5"), 1.5);
  EXPECT_EQ(parse_number("1,5"), std::nullopt);
  std::setlocale(LC_ALL, "C");
}

TEST(Csv, SplitsRowsAndCells) {
  const struct {
    const char* text;
    const char* rows;
  } cases[] = {{"", ""},
               {"a", "1:<a>\n"},
               {"a,b\n1,2\n", "1:<a><b>\n2:<1><2>\n"},
               {"a,b\n1,2", "1:<a><b>\n2:<1><2>\n"},
               {"a,b\r\n1,2\r\n", "1:<a><b>\n2:<1><2>\n"},
               {"a,b\r1,2\r", "1:<a><b>\n2:<1><2>\n"},
               {"a\r1\n2\r\n3", "1:<a>\n2:<1>\n3:<2>\n4:<3>\n"},
               {"\xef\xbb\xbf"
                "a,b\n",
                "1:<a><b>\n"},
               {"\xef\xbb\xbf", ""},
               {"\xef\xbb", "1:<\xef\xbb>\n"},
               {",\n,", "1:<><>\n2:<><>\n"},
               {"\"a\",\"b,c\"\n", "1:<a><b,c>\n"},
               {"\"a\"\"b\",\"\"\n", "1:<a\"b><>\n"},
               {"\"\"\"\",\"\"\"\"\"\"", "1:<\"><\"\">\n"},
               {"\"a\nb\",1\nc,2\n", "1:<a\nb><1>\n3:<c><2>\n"},
               {"\"a\r\nb\rc\",1\nd,2\n", "1:<a\r\nb\rc><1>\n4:<d><2>\n"},
               {"\n\n", "1:<>\n2:<>\n"}};
  for (const auto& [text, rows] : cases) EXPECT_EQ(transcript(text), rows) << text;
}

TEST(Csv, RefusesWhatIsNotCsv) {
  EXPECT_EQ(transcript("a,b\n1\n"), "1:<a><b>\nCSV002 t.csv:2:2: row has 1 columns, the first row has 2");
  EXPECT_EQ(transcript("a,b\n1,2,3\n"), "1:<a><b>\nCSV002 t.csv:2:3: row has 3 columns, the first row has 2");
  EXPECT_EQ(transcript("a,b\n1,2\n\n"),
            "1:<a><b>\n2:<1><2>\nCSV002 t.csv:3:2: row is empty, the first row has 2");
  EXPECT_EQ(transcript("a,\"b\n1,2\n"), "CSV003 t.csv:1:2: quote is never closed");
  EXPECT_EQ(transcript("a\"b\n"), "CSV003 t.csv:1:1: cell has a quote in it but does not begin with one");
  EXPECT_EQ(transcript("\"a\"b\n"), "CSV003 t.csv:1:1: cell goes on after its closing quote");
  EXPECT_EQ(transcript("\"a\" ,b\n"), "CSV003 t.csv:1:1: cell goes on after its closing quote");
  EXPECT_EQ(transcript(std::string("a,b\n1,\0002\n", 9)),
            "1:<a><b>\nCSV003 t.csv:2:2: cell holds a NUL byte");
  EXPECT_EQ(transcript(std::string("\"a\0\"", 4)), "CSV003 t.csv:1:1: cell holds a NUL byte");
}

TEST(Csv, HoldsToItsLimits) {
  EXPECT_EQ(transcript(std::string(3'000'000, '1')), "CSV003 t.csv:1:1: row is longer than 2000000 B");
  EXPECT_EQ(transcript("a\n\"" + std::string(3'000'000, '\n')),
            "1:<a>\nCSV003 t.csv:2:1: row is longer than 2000000 B");
  EXPECT_EQ(transcript(std::string(70'000, '1') + "\n"), "CSV003 t.csv:1:1: cell is longer than 65536 B");
  EXPECT_NE(transcript(std::string(65'536, '1') + "\n").find("1:<1"), std::string::npos);
  EXPECT_EQ(transcript(std::string(1'000'000, ',')), "CSV003 t.csv:1:65537: row has more than 65536 columns");
  EXPECT_EQ(transcript(std::string(65'535, ',')).size(), 2 + 2 * 65'536u + 1);
  Options options;
  options.max_line = 5;
  EXPECT_EQ(transcript("12345\n", 64, 0, options), "1:<12345>\n");
  EXPECT_EQ(transcript("123456\n", 64, 0, options), "CSV003 t.csv:1:1: row is longer than 5 B");
  EXPECT_EQ(transcript("\"12345\"\n", 64, 0, options), "CSV003 t.csv:1:1: row is longer than 5 B");
  options = {};
  options.max_rows = 2;
  EXPECT_EQ(refusal("a\n1\n2\n", "a", options), std::nullopt);
  EXPECT_EQ(refusal("a\n1\n2\n3\n", "a", options), error_code::MEM001);
}

TEST(Csv, DoesNotDependOnHowTheBytesArrive) {
  std::mt19937 random(7);
  const std::string_view alphabet[] = {"1",  "a",    ",",     ",",   "\n",           "\r", "\r\n",
                                       "\"", "\"\"", "\"x\"", "2.5", "\xef\xbb\xbf", "\0"};
  Options options;
  options.max_line = 24;
  options.max_field = 9;
  options.max_columns = 5;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int k = static_cast<int>(random() % 24); k > 0; --k) {
      text += k == 1 && random() % 8 == 0 ? std::string(1, '\0') : std::string(alphabet[random() % 12]);
    }
    const std::string expected = transcript(text, 65536, 0, options);
    for (const std::size_t block : {1, 2, 3, 7, 64}) {
      ASSERT_EQ(transcript(text, block, 0, options), expected) << escaped(text);
      ASSERT_EQ(transcript(text, 16, block, options), expected) << escaped(text);
    }
  }
}

TEST(Csv, ChoosesColumnsByNameThenByNumber) {
  const std::string text = "x,2,a b,x..y,\"c,d\"\n1,20,3,4,5\n6,70,8,9,10\n";
  using V = std::vector<double>;
  EXPECT_EQ(column(text, "x"), (V{1, 6}));
  EXPECT_EQ(column(text, "2"), (V{20, 70}));
  EXPECT_EQ(column(text, "3"), (V{3, 8}));
  EXPECT_EQ(column(text, "a b"), (V{3, 8}));
  EXPECT_EQ(column(text, "x..y"), (V{4, 9}));
  EXPECT_EQ(column(text, "c,d"), (V{5, 10}));
  EXPECT_EQ(column(text, "x..a b"), (V{1, 20, 3, 6, 70, 8}));
  EXPECT_EQ(column(text, "4..5"), (V{4, 5, 9, 10}));
  EXPECT_EQ(column(text, "x..y..c,d"), (V{4, 5, 9, 10}));
  EXPECT_EQ(column("a\n1\n2\n", ""), (V{1, 2}));
  for (const char* columns :
       {"y", "", "0", "6", "-1", "99999999999999999999", "c,d..x", "x..", "..x", "..", "x..z"}) {
    EXPECT_EQ(refusal(text, columns), error_code::CSV004) << columns;
  }
  EXPECT_EQ(refusal("a,a\n1,2\n", "a"), error_code::CSV004);
  EXPECT_EQ(column("a,a\n1,2\n", "2"), V{2});
  EXPECT_EQ(complaint(text, "price"), "t.csv: has no column \"price\"; columns: x, 2, a b, x..y, c,d");
  Options plain;
  plain.header = false;
  EXPECT_EQ(column("1,2\n3,4\n", "2", plain), (V{2, 4}));
  EXPECT_EQ(column("1,2\n3,4\n", "1..2", plain), (V{1, 2, 3, 4}));
  EXPECT_EQ(refusal("1,2\n", "x", plain), error_code::CSV004);
  for (const bool header : {false, true}) {
    plain.header = header;
    EXPECT_EQ(refusal("", "1", plain), error_code::CSV004);
  }
}

TEST(Csv, NamesRowAndColumnOfWhatIsNoNumber) {
  EXPECT_EQ(complaint("a,b\n1,2\n3,x\n", "b"), "t.csv:3:2: \"x\" is not a number");
  EXPECT_EQ(complaint("a,b\n1,\n", "b"), "t.csv:2:2: cell is empty");
  EXPECT_EQ(complaint("a,b\n1,\"1\"\"\x1b[2J\n\"\n", "b"), "t.csv:2:2: \"1\\\"\\x1b[2J\\n\" is not a number");
  EXPECT_EQ(complaint("a,b,c\n1,2,zz\n", "a..c"), "t.csv:2:3: \"zz\" is not a number");
  EXPECT_EQ(complaint("n,a\n\"two\nlines\",1\nx,0x1p3\n", "a"), "t.csv:4:2: \"0x1p3\" is not a number");
  EXPECT_LT(complaint("a\n" + std::string(60'000, 'z') + "\n", "a").size(), 300u);
  // What is not chosen need not be a number.
  EXPECT_EQ(refusal("a,b\n1,x\n", "a"), std::nullopt);
}

TEST(Csv, LocatesRowsOfTheFile) {
  const std::string text = "n,a\nx,1\n\"y\nz\",2\nw,3\nv,4\n";
  const auto rows = csv_rows(memory_source(text, "t.csv"), {});
  rows->select("a");
  rows->read(1);
  EXPECT_EQ(rows->locate(0, 0, 0), "t.csv:2:2");
  rows->read(2);
  EXPECT_EQ(rows->locate(0, 1, 0), "t.csv:3:2");
  EXPECT_EQ(rows->locate(0, 2, 0), "t.csv:5:2");
  EXPECT_EQ(rows->locate(0, 0, 0), "t.csv: data row 1, column 2");
  rows->rewind();
  rows->read(4);
  EXPECT_EQ(rows->locate(0, 3, 0), "t.csv:6:2");
}

TEST(Csv, EveryTruncationAndBitFlipIsRefusedOrRead) {
  const std::string seed = "a,\"b\"\r\n1,2.5\n\"3\",-nan\n";
  for (std::size_t n = 0; n < seed.size(); ++n) {
    const int status = status_of([&] { column(seed.substr(0, n), "2"); });
    EXPECT_TRUE(status == 0 || status == 65) << n;
  }
  for (std::size_t bit = 0; bit < 8 * seed.size(); ++bit) {
    std::string flipped = seed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const int status = status_of([&] { column(flipped, "2"); });
    EXPECT_TRUE(status == 0 || status == 65) << bit;
  }
}

TEST(Csv, LoadsTables) {
  const TemporaryDirectory directory;
  const std::string path = directory / "t.csv";
  write_bytes(path, "rooms,price\n3,1e5\n4,nan\n");
  const Owned table = load(path + ":rooms..price");
  EXPECT_EQ(table.view.rank, 2);
  const std::vector<double> cells = values<double>(table.view);
  EXPECT_EQ(std::vector<double>(cells.begin(), cells.begin() + 3), (std::vector<double>{3, 1e5, 4}));
  EXPECT_TRUE(std::isnan(cells[3]));
  Options plain;
  plain.header = false;
  write_bytes(path, "1,2\n");
  EXPECT_EQ(values<double>(load(path + ":1..2", plain).view), (std::vector<double>{1, 2}));
  write_bytes(path, "rooms,price\n3,cheap\n");
  EXPECT_EQ(code_of([&] { load(path + ":rooms..price"); }), error_code::CSV001);
  write_bytes(path, "");
  EXPECT_EQ(code_of([&] { load(path + ":1"); }), error_code::CSV004);
}

TEST(Escape, MakesTextSafeToPrint) {
  EXPECT_EQ(escaped("plain ünïcode 日本"), "plain ünïcode 日本");
  EXPECT_EQ(escaped("a\nb\tc\r\x1b[31m\x7f"), "a\\nb\\tc\\r\\x1b[31m\\x7f");
  EXPECT_EQ(escaped("\"quote\" \\"), "\\\"quote\\\" \\\\");
  EXPECT_EQ(escaped("\xff\xc0\x80\xe2\x82"), "\\xff\\xc0\\x80\\xe2\\x82");
  EXPECT_EQ(escaped("\xed\xa0\x80\xf4\x90\x80\x80"), "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(escaped("a\xe2\x80\xae"
                    "b\xc2\x85"),
            "a\\xe2\\x80\\xaeb\\xc2\\x85");
  EXPECT_EQ(escaped(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(escaped(std::string(201, 'x')), std::string(197, 'x') + "...");
  EXPECT_EQ(escaped(std::string(100, '\n')), [] {
    std::string all;
    for (int i = 0; i < 100; ++i) all += "\\n";
    return all;
  }());
  EXPECT_LE(escaped(std::string(500, '\1')).size(), 200u);
}

}  // namespace
}  // namespace minimand::io::test
