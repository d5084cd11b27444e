// The committed losses.hpp is what the tool writes from the facts.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace {

TEST(GeneratedHeader, IsWhatTheFactsSay) {
  std::FILE* tool = popen("\"" MINIMAND_GENERATE_HEADER "\"", "r");
  ASSERT_NE(tool, nullptr);
  std::string written;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, tool)) > 0;) written.append(buffer, n);
  ASSERT_EQ(pclose(tool), 0);
  std::stringstream committed;
  committed << std::ifstream(MINIMAND_TEST_DATA "/../include/minimand/losses.hpp").rdbuf();
  EXPECT_GT(written.size(), 5000u);
  // One line of the difference is enough to see what happened.
  std::istringstream a(committed.str()), b(written);
  for (std::string old_line, new_line; std::getline(a, old_line) && std::getline(b, new_line);) {
    ASSERT_EQ(old_line, new_line) << "include/minimand/losses.hpp is not up to date; run: make build";
  }
  EXPECT_TRUE(committed.str() == written) << "include/minimand/losses.hpp is not up to date; run: make build";
}

}  // namespace
