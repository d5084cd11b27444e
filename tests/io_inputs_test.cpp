// Inputs side by side: specs, shared streams, rows that must agree, pipes, and what cannot be opened.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <numeric>

#include "io/load.h"
#include "io/spec.h"
#include "io_support.h"

namespace minimand::io::test {
namespace {

std::vector<float> count_up(std::size_t n) {
  std::vector<float> out(n);
  std::iota(out.begin(), out.end(), 0.f);
  return out;
}

std::string csv_of(std::size_t n) {
  std::string out = "id,pred,target\n";
  for (std::size_t i = 0; i < n; ++i) {
    out += "r" + std::to_string(i) + "," + std::to_string(i) + ".5," + std::to_string(2 * i) + "\n";
  }
  return out;
}

TEST(Spec, IsTakenApart) {
  const auto parts = [](const std::string& text) {
    const Spec s = parse_spec(text);
    return s.path + "|" + s.columns + "|" + std::to_string(static_cast<int>(s.format));
  };
  EXPECT_EQ(parts("p.npy"), "p.npy||1");
  EXPECT_EQ(parts("a:b/p.npy"), "a:b/p.npy||1");
  EXPECT_EQ(parts("t.csv"), "t.csv||2");
  EXPECT_EQ(parts("t.csv:price"), "t.csv|price|2");
  EXPECT_EQ(parts("t.csv:at 10:30"), "t.csv|at 10:30|2");
  EXPECT_EQ(parts("t.csv:a..j"), "t.csv|a..j|2");
  EXPECT_EQ(parts("-"), "-||0");
  EXPECT_EQ(parts("-:pred"), "-|pred|2");
  EXPECT_EQ(parts("t10k-labels-idx1-ubyte.gz"), "t10k-labels-idx1-ubyte.gz||3");
  EXPECT_EQ(parts("/dev/fd/99:y"), "/dev/fd/99|y|2");
  EXPECT_EQ(parts("nothing"), "nothing||0");
}

TEST(Inputs, ReadsArraysAndColumnsInStep) {
  const TemporaryDirectory directory;
  write_bytes(directory / "p.npy", npy_of("<f4", "(1000, 2)", raw(count_up(2000))));
  write_bytes(directory / "t.csv", csv_of(1000));
  write_bytes(directory / "labels", gzipped(idx_of(8, {1000}, std::string(1000, '\3'))));
  Inputs inputs;
  const int p = inputs.add(directory / "p.npy"), t = inputs.add(directory / "t.csv:target"),
            l = inputs.add(directory / "labels"), both = inputs.add(directory / "t.csv:pred..target");
  EXPECT_EQ(inputs.shape(p), (std::vector<std::int64_t>{1000, 2}));
  EXPECT_EQ(inputs.shape(t), (std::vector<std::int64_t>{-1}));
  EXPECT_EQ(inputs.shape(both), (std::vector<std::int64_t>{-1, 2}));
  EXPECT_EQ(inputs.type(l), dtype::u8);
  EXPECT_EQ(inputs.row_bytes(p), 8);
  EXPECT_EQ(inputs.row_bytes(both), 16);
  EXPECT_EQ(inputs.rows(t), -1);
  EXPECT_TRUE(inputs.rewindable());
  for (int pass = 0; pass < 2; ++pass) {
    std::string predictions;
    std::vector<double> targets, pairs;
    std::int64_t seen = 0;
    for (std::int64_t n; (n = inputs.next(300)) > 0; seen += n) {
      EXPECT_EQ(inputs.begin(), seen);
      EXPECT_EQ(n, std::min<std::int64_t>(300, 1000 - seen));
      predictions += bits(inputs.chunk(p));
      for (const double v : values<double>(inputs.chunk(t))) targets.push_back(v);
      for (const double v : values<double>(inputs.chunk(both))) pairs.push_back(v);
      EXPECT_EQ(inputs.chunk(l).shape[0], n);
    }
    EXPECT_EQ(seen, 1000);
    EXPECT_EQ(predictions, raw(count_up(2000)));
    ASSERT_EQ(targets.size(), 1000u);
    EXPECT_EQ(targets[999], 1998);
    EXPECT_EQ(pairs[2 * 999], 999.5);
    EXPECT_EQ(pairs[2 * 999 + 1], 1998);
    EXPECT_EQ(inputs.rows(t), 1000);
    EXPECT_EQ(inputs.next(300), 0);
    inputs.rewind();
  }
}

TEST(Inputs, NamesBothRowCounts) {
  const TemporaryDirectory directory;
  write_bytes(directory / "p.npy", npy_of("<f4", "(100,)", raw(count_up(100))));
  write_bytes(directory / "q.npy", npy_of("<f4", "(101,)", raw(count_up(101))));
  write_bytes(directory / "more.csv", csv_of(101));
  write_bytes(directory / "less.csv", csv_of(99));
  write_bytes(directory / "broken.csv", csv_of(150) + "torn\n");
  const auto message = [&](const std::string& a, const std::string& b, std::int64_t rows) {
    return message_of([&] {
      Inputs inputs;
      inputs.add(directory / a);
      inputs.add(directory / b);
      while (inputs.next(rows) > 0) {
      }
    });
  };
  for (const std::int64_t rows : {1, 10, 99, 100, 1000}) {
    const auto counts = [&](const std::string& text) { return text.substr(0, text.find(": equal")); };
    const std::string d = directory / "";
    EXPECT_EQ(counts(message("p.npy", "q.npy", rows)), d + "p.npy has 100 rows, " + d + "q.npy has 101");
    EXPECT_EQ(counts(message("q.npy", "p.npy", rows)), d + "p.npy has 100 rows, " + d + "q.npy has 101");
    EXPECT_EQ(counts(message("p.npy", "more.csv:pred", rows)),
              d + "p.npy has 100 rows, " + d + "more.csv:pred has 101");
    EXPECT_EQ(counts(message("p.npy", "less.csv:pred", rows)),
              d + "less.csv:pred has 99 rows, " + d + "p.npy has 100");
    EXPECT_EQ(counts(message("less.csv:pred", "more.csv:3", rows)),
              d + "less.csv:pred has 99 rows, " + d + "more.csv:3 has 101");
  }
  EXPECT_NE(message("p.npy", "broken.csv:pred", 10).find("has more than 100"), std::string::npos);
  EXPECT_EQ(code_of([&] {
              Inputs inputs;
              inputs.add(directory / "p.npy");
              inputs.add(directory / "q.npy");
              inputs.next(1);
            }),
            error_code::SHP001);
}

TEST(Inputs, ReadsTwoColumnsOfOnePipe) {
  const TemporaryDirectory directory;
  const Fifo fifo(directory / "pipe", csv_of(5000), 777);
  Inputs inputs;
  const int p = inputs.add((directory / "pipe") + ":pred"), t = inputs.add((directory / "pipe") + ":target");
  EXPECT_FALSE(inputs.rewindable());
  EXPECT_EQ(code_of([&] { inputs.rewind(); }), error_code::IO001);
  double sum = 0;
  while (inputs.next(512) > 0) {
    for (const double v : values<double>(inputs.chunk(p))) sum += v;
    for (const double v : values<double>(inputs.chunk(t))) sum -= v;
  }
  EXPECT_EQ(sum, 5000 * 0.5 - 4999 * 5000 / 2);
}

TEST(Inputs, ReadsArraysFromPipes) {
  const TemporaryDirectory directory;
  const std::string file = npy_of("<f4", "(50000, 2)", raw(count_up(100000)));
  const Fifo npy(directory / "a.npy", file, 1000);
  const Fifo unnamed(directory / "b", file, 100000);
  const Fifo packed(directory / "c", gzipped(idx_of(8, {50000, 2}, std::string(100000, 'x'))), 10);
  Inputs inputs;
  const int a = inputs.add(directory / "a.npy"), b = inputs.add(directory / "b"),
            c = inputs.add(directory / "c");
  std::string from_a, from_b, from_c;
  while (inputs.next(1234) > 0) {
    from_a += bits(inputs.chunk(a));
    from_b += bits(inputs.chunk(b));
    from_c += bits(inputs.chunk(c));
  }
  EXPECT_TRUE(from_a == raw(count_up(100000)));
  EXPECT_TRUE(from_b == from_a);
  EXPECT_TRUE(from_c == std::string(100000, 'x'));
}

TEST(Inputs, ReadsStandardInput) {
  const TemporaryDirectory directory;
  write_bytes(directory / "t.csv", csv_of(10));
  write_bytes(directory / "p.npy", npy_of("<f4", "(10,)", raw(count_up(10))));
  {
    const StandardInput redirected(directory / "t.csv");
    Inputs inputs;
    const int p = inputs.add("-:pred"), t = inputs.add("-:target");
    EXPECT_EQ(code_of([&] { inputs.add("-"); }), error_code::PAR005);
    EXPECT_EQ(inputs.next(100), 10);
    EXPECT_EQ(values<double>(inputs.chunk(p))[9], 9.5);
    EXPECT_EQ(values<double>(inputs.chunk(t))[9], 18);
    EXPECT_EQ(inputs.locate(t, 9), "standard input:11:3");
    EXPECT_EQ(inputs.name(t), "standard input:target");
  }
  {
    const StandardInput redirected(directory / "p.npy");
    EXPECT_EQ(values<float>(load("-").view), count_up(10));
  }
  write_bytes(directory / "empty", "");
  const StandardInput redirected(directory / "empty");
  EXPECT_EQ(code_of([] { load("-"); }), error_code::NPY001);
}

TEST(Inputs, LocatesElements) {
  const TemporaryDirectory directory;
  write_bytes(directory / "p.npy", npy_of("<f4", "(2, 3, 4)", raw(count_up(24))));
  write_bytes(directory / "t.csv", csv_of(10));
  Inputs inputs;
  const int rows = inputs.add(directory / "p.npy"), middle = inputs.add(directory / "p.npy", 1),
            t = inputs.add(directory / "t.csv:pred..target");
  EXPECT_EQ(inputs.locate(rows, 1, 7), (directory / "p.npy") + ": index [1,1,3]");
  EXPECT_EQ(inputs.locate(middle, 2, 7), (directory / "p.npy") + ": index [1,2,3]");
  EXPECT_EQ(inputs.locate(t, 5, 1), (directory / "t.csv") + ":7:3");
}

TEST(Inputs, TellsWhyAFileCannotBeOpened) {
  const TemporaryDirectory directory;
  const auto code = [&](const std::string& spec) { return code_of([&] { Inputs().add(spec); }); };
  EXPECT_EQ(code(directory / "missing.npy"), error_code::IO001);
  EXPECT_EQ(code(directory / "missing.csv:a"), error_code::IO001);
  EXPECT_EQ(code(directory / ""), error_code::IO001);
  EXPECT_EQ(code((directory / "missing.npy") + "/p.npy"), error_code::IO001);
  EXPECT_EQ(code(std::string("p\0.npy", 6)), error_code::IO001);
  EXPECT_EQ(code(std::string(5000, 'x') + ".npy"), error_code::IO001);
  EXPECT_EQ(code(""), error_code::IO001);
  std::filesystem::create_directory(directory / "d.npy");
  EXPECT_EQ(code(directory / "d.npy"), error_code::IO001);
  std::filesystem::create_symlink(directory / "loop.npy", directory / "loop.npy");
  EXPECT_EQ(code(directory / "loop.npy"), error_code::IO001);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory / "s.npy";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(code(path), error_code::IO001);
  ::close(fd);
  write_bytes(directory / "text", "hello");
  EXPECT_EQ(code(directory / "text"), error_code::IO001);
  write_bytes(directory / "empty.npy", "");
  EXPECT_EQ(code(directory / "empty.npy"), error_code::NPY001);
  write_bytes(directory / "secret.npy", "");
  ::chmod((directory / "secret.npy").c_str(), 0);
  if (::geteuid() != 0) {  // root ignores modes
    EXPECT_EQ(code(directory / "secret.npy"), error_code::IO002);
  }
  write_bytes(directory / "t.csv", "a\n1\n");
  EXPECT_EQ(code_of([&] { Inputs().add(directory / "t.csv:a", 1); }), error_code::SHP002);
  EXPECT_EQ(code("/dev/zero"), error_code::IDX001);
}

TEST(Inputs, NoticesAFileThatChangesWhileItIsRead) {
  const TemporaryDirectory directory;
  for (const bool grows : {false, true}) {
    write_bytes(directory / "p.npy", npy_of("<f4", "(1000,)", raw(count_up(1000))));
    write_bytes(directory / "t.csv", csv_of(10000));
    Inputs arrays, tables;
    arrays.add(directory / "p.npy");
    tables.add(directory / "t.csv:pred");
    arrays.next(10);
    tables.next(10);
    std::filesystem::resize_file(directory / "p.npy", grows ? 100000 : 1000);
    std::filesystem::resize_file(directory / "t.csv", grows ? 1000000 : 100000);
    for (Inputs* inputs : {&arrays, &tables}) {
      EXPECT_EQ(code_of([&] {
                  while (inputs->next(100) > 0) {
                  }
                }),
                error_code::IO004)
          << grows;
    }
  }
}

TEST(Load, GivesTheMemoryAway) {
  const TemporaryDirectory directory;
  write_bytes(directory / "p.npy", npy_of("<f4", "(3, 2)", raw(count_up(6)), true));
  write_bytes(directory / "t.csv", csv_of(3));
  Owned fortran = load(directory / "p.npy");
  const Owned moved = std::move(fortran);
  EXPECT_EQ(values<float>(moved.view), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(moved.bytes.size(), 24u);
  const Owned range = load(directory / "t.csv:pred..target");
  EXPECT_EQ(values<double>(range.view), (std::vector<double>{0.5, 0, 1.5, 2, 2.5, 4}));
  EXPECT_EQ(load(directory / "t.csv:pred").view.rank, 1);
}

}  // namespace
}  // namespace minimand::io::test
