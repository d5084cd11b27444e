// Outputs appear whole or not at all.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/load.h"
#include "io/npy_writer.h"
#include "io/temporaries.h"
#include "io_support.h"

namespace minimand::io::test {
namespace {

::mode_t mode_of(const std::string& path) {
  struct ::stat facts {};
  EXPECT_EQ(::stat(path.c_str(), &facts), 0);
  return facts.st_mode & 07777;
}

void write_text(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

TEST(AtomicFile, AppearsAtCommit) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out";
  {
    AtomicFile file(path);
    file.write("half", 4);
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(directory.entries(), 1u);
  }
  EXPECT_EQ(directory.entries(), 0u);
  write_text(path, "whole");
  EXPECT_EQ(read_bytes(path), "whole");
  {
    AtomicFile file(path);
    const std::string large(1 << 20, 'x');
    file.write(large.data(), large.size());
    EXPECT_EQ(read_bytes(path), "whole");
  }
  EXPECT_EQ(read_bytes(path), "whole");
  EXPECT_EQ(directory.entries(), 1u);
}

TEST(AtomicFile, WritesSmallAndLargePiecesInOrder) {
  const TemporaryDirectory directory;
  AtomicFile file(directory / "out");
  std::string expected;
  for (std::size_t n : {1, 65535, 3, 200000, 0, 65536, 7}) {
    const std::string piece(n, static_cast<char>('a' + n % 26));
    file.write(piece.data(), piece.size());
    expected += piece;
  }
  file.rewrite(2, "!!", 2);
  expected.replace(2, 2, "!!");
  file.commit();
  EXPECT_TRUE(read_bytes(directory / "out") == expected);
}

TEST(AtomicFile, IsReadBackBeforeItTakesItsPlace) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out", large(200'000, 'x');
  for (const std::string& text : {large, std::string()}) {
    AtomicFile file(path);
    file.write(text.data(), text.size());
    file.verify(text);
    file.commit();
    EXPECT_TRUE(read_bytes(path) == text);
  }
  std::string flipped = large;
  flipped[123'456] ^= 1;
  for (const auto& [other, from] : {std::pair(flipped, "123456"), {large + 'x', "200000"}, {large.substr(1), "199999"}}) {
    AtomicFile file(path);
    file.write(large.data(), large.size());
    try {
      file.verify(other);
      ADD_FAILURE() << "taken for what was written";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), error_code::IO004);
      EXPECT_NE(std::string(e.what()).find(std::string("from byte ") + from + " on"), std::string::npos) << e.what();
    }
    EXPECT_EQ(directory.entries(), 1u);
    EXPECT_EQ(read_bytes(path), "");
  }
  AtomicFile device("/dev/null");
  device.write("gone", 4);
  EXPECT_NO_THROW(device.verify("gone"));
}

TEST(AtomicFile, KeepsTheModeOfWhatItReplaces) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out";
  const ::mode_t before = ::umask(027);
  write_text(path, "new");
  EXPECT_EQ(mode_of(path), 0640u);
  ::chmod(path.c_str(), 0604);
  write_text(path, "newer");
  EXPECT_EQ(mode_of(path), 0604u);
  ::umask(before);
}

TEST(AtomicFile, FollowsASymbolicLinkOnce) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "sub");
  std::filesystem::create_symlink("sub/target", directory / "link");
  write_text(directory / "link", "through");  // dangling at first
  EXPECT_EQ(read_bytes(directory / "sub/target"), "through");
  write_text(directory / "link", "again");
  EXPECT_EQ(read_bytes(directory / "sub/target"), "again");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
}

TEST(AtomicFile, TellsWhyItCannotBegin) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "sub");
  std::filesystem::create_symlink(directory / "loop", directory / "loop");
  write_bytes(directory / "file", "x");
  for (const std::string& path :
       {directory / "sub", directory / "sub/", directory / "missing/out", directory / "loop",
        directory / "file/out", std::string(), directory / std::string(300, 'x')}) {
    EXPECT_EQ(code_of([&] { AtomicFile file(path); }), error_code::IO003) << path;
  }
  EXPECT_EQ(directory.entries(), 3u);
  if (::geteuid() == 0) return;  // root ignores modes
  ::chmod((directory / "sub").c_str(), 0500);
  EXPECT_EQ(code_of([&] { AtomicFile file(directory / "sub/out"); }), error_code::IO003);
  ::chmod((directory / "file").c_str(), 0400);
  EXPECT_EQ(code_of([&] { AtomicFile file(directory / "file"); }), error_code::IO003);
}

TEST(AtomicFile, HoldsNamesAlmostAsLongAsAFileSystemDoes) {
  const TemporaryDirectory directory;
  const std::string path = directory / std::string(255, 'x');
  write_text(path, "long");
  EXPECT_EQ(read_bytes(path), "long");
}

TEST(AtomicFile, WritesDevicesDirectly) {
  EXPECT_NO_THROW(write_text("/dev/null", "gone"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_EQ(code_of([] { write_text("/dev/full", "never"); }), error_code::IO004);
  AtomicFile null("/dev/null");
  EXPECT_EQ(code_of([&] { null.rewrite(0, "x", 1); }), error_code::IO003);
}

// In a child, because the limit cannot be taken back by everyone.
TEST(AtomicFile, LeavesTheOldFileWhenThereIsNoRoom) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out";
  write_bytes(path, "old");
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const ::rlimit limit{100000, 100000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string large(1 << 20, 'x');
    ::_exit(status_of([&] { write_text(path, large); }));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 74);
  EXPECT_EQ(read_bytes(path), "old");
  EXPECT_EQ(directory.entries(), 1u);
}

TEST(AtomicFile, IsRemovedByASignalHandler) {
  const TemporaryDirectory directory;
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGTERM, [](int) {
      remove_temporaries();
      ::_exit(7);
    });
    AtomicFile a(directory / "a"), b(directory / "b");
    ::raise(SIGTERM);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(directory.entries(), 0u);
  AtomicFile mine(directory / "c");
  const ::pid_t other = ::fork();
  if (other == 0) {
    remove_temporaries();  // not its own
    ::_exit(0);
  }
  ::waitpid(other, &status, 0);
  EXPECT_EQ(directory.entries(), 1u);
  mine.commit();
}

TEST(AtomicFile, OrphansOfDeadProcessesAreRemoved) {
  const TemporaryDirectory directory;
  const std::string path = directory / "model";
  const ::pid_t child = ::fork();
  if (child == 0) {
    new AtomicFile(path);
    ::_exit(0);  // killed between write and rename
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_EQ(directory.entries(), 1u);
  AtomicFile living(path);
  write_bytes(directory / "model.tmp.notes", "not ours");
  write_bytes((directory / "other.tmp.") + std::to_string(child), "of another file");
  EXPECT_EQ(remove_orphans(path), 1);
  EXPECT_EQ(directory.entries(), 3u);
  living.commit();
}

TEST(NpyWriter, WritesWhatNumPyReads) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out.npy";
  const std::vector<std::int16_t> elements{1, 2, 3};
  NpyWriter writer(path, dtype::i16, {3});
  writer.write(elements);
  writer.commit();
  const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }";
  EXPECT_EQ(read_bytes(path), std::string("\x93NUMPY\1\0\x76\0", 10) + header +
                           std::string(117 - header.size(), ' ') + "\n" + raw(elements));
}

TEST(NpyWriter, WritesStridedViewsInRowMajorOrder) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out.npy";
  std::vector<float> elements(6 * 5000);
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>(i);
  array view = matrix<float>(elements.data(), 5000, 6);
  std::swap(view.shape[0], view.shape[1]);
  std::swap(view.strides[0], view.strides[1]);
  NpyWriter writer(path, dtype::f32, {6, 5000});
  writer.write(view);
  writer.commit();
  EXPECT_TRUE(bits(load(path).view) == bits(view));
  NpyWriter reversed(path, dtype::f32, {3});
  reversed.write(strided<float>(elements.data() + 4, 3, -2));
  reversed.commit();
  EXPECT_EQ(values<float>(load(path).view), (std::vector<float>{4, 2, 0}));
}

TEST(NpyWriter, LearnsTheNumberOfRowsAtTheEnd) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out.npy";
  for (const int chunks : {0, 1, 1000}) {
    NpyWriter writer(path, dtype::f64, {-1, 2});
    for (int i = 0; i < chunks; ++i) writer.write(std::vector<double>{1.0 * i, 2.0 * i});
    writer.commit();
    const Owned whole = load(path);
    EXPECT_EQ(whole.view.shape[0], chunks);
    EXPECT_EQ(whole.view.shape[1], 2);
    if (chunks > 0) {
      EXPECT_EQ(values<double>(whole.view).back(), 2.0 * (chunks - 1));
    }
  }
  EXPECT_EQ(code_of([] { NpyWriter("/dev/null", dtype::f64, {-1}); }), error_code::IO003);
}

TEST(NpyWriter, RefusesAnIncompleteFile) {
  const TemporaryDirectory directory;
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{4}, {2}, {-1, 2}, {}}) {
    EXPECT_EQ(code_of([&] {
                NpyWriter writer(directory / "out.npy", dtype::f64, shape);
                writer.write(std::vector<double>{1, 2, 3});
                writer.commit();
              }),
              error_code::INT001);
  }
  EXPECT_EQ(directory.entries(), 0u);
}

TEST(NpyWriter, RoundTripsAMatrix) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out.npy";
  const std::vector<float> six{1, 2, 3, 4, 5, 6};
  NpyWriter writer(path, dtype::f32, {3, 2});
  writer.write(array(six));
  writer.commit();
  EXPECT_EQ(read_bytes(path).size() % 64, 24u);
  const Owned whole = load(path);
  EXPECT_EQ(values<float>(whole.view), six);
  EXPECT_EQ(whole.view.rank, 2);
  EXPECT_EQ(whole.view.shape[1], 2);
}

TEST(NpyWriter, RoundTripsEveryType) {
  const TemporaryDirectory directory;
  const std::string path = directory / "out.npy";
  const std::string zeros_and_ones("\0\1\1\0\0\1\0\1\1\1\0\0\1\0\1\0\1\0\1\1\1\0\0\0\1\1\0\1\0\1\1\0", 32);
  for (int t = 0; t <= static_cast<int>(dtype::boolean); ++t) {
    const auto type = static_cast<dtype>(t);
    const std::int64_t shape[] = {static_cast<std::int64_t>(32 / size_of(type))};
    const array view(zeros_and_ones.data(), type, shape, false);
    NpyWriter writer(path, type, {shape[0]});
    writer.write(view);
    writer.commit();
    Options options;
    options.as = dtype::bf16;
    const Owned whole = load(path, options);
    EXPECT_EQ(whole.view.type, type);
    EXPECT_EQ(bits(whole.view), zeros_and_ones);
  }
}

}  // namespace
}  // namespace minimand::io::test
