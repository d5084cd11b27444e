// A loss that is linked in is in the accuracy table and in the list of the command, without a line of its own anywhere:
// both are built with the losses of tests/losses.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <sys/wait.h>

#include <minimand/catalogue.hpp>

#include "kernels/entry.h"

namespace minimand {
namespace {

struct Printed {
  int status = -1;
  std::string text;
};
Printed run(const std::string& command) {
  Printed p;
  std::FILE* out = popen(command.c_str(), "r");
  if (!out) return p;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, out)) > 0;) p.text.append(buffer, n);
  const int status = pclose(out);
  p.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return p;
}

TEST(Accuracy, EveryLossOfTheCatalogueIsInTheTable) {
  ASSERT_NE(find_loss("test_cauchy"), nullptr);  // or this test looks at the catalogue alone
  const std::string tool = MINIMAND_ACCURACY;
  const Printed table = run(tool + " --points 48");
  EXPECT_TRUE(table.status == 0 || table.status == 1) << table.status;  // 1: a bound is exceeded, the table says where
  for (const LossEntry* e : catalogue()) {
    const std::string name = e->engine == Engine::map ? e->name : std::string(e->name) + ", K=10";
    for (const char* type : {"f32", "f64"}) {
      for (const char* output : {"v", "g", "h"}) {
        const std::string row = "| " + name + " | " + type + " | " + output + " | ";
        EXPECT_NE(table.text.find(row), std::string::npos) << row;
      }
    }
  }
}

// The bounds themselves, at a few hundred points of every pointwise loss.
TEST(Accuracy, PointwiseLossesKeepTheirBounds) {
  for (const LossEntry* e : catalogue()) {
    if (e->engine != Engine::map) continue;
    const Printed table = run(std::string(MINIMAND_ACCURACY) + " --points 600 --loss " + e->name);
    EXPECT_EQ(table.status, 0) << table.text;
  }
}

#ifdef MINIMAND_COMMAND_OF_ALL
TEST(Command, ListsWhatIsLinkedIn) {
  const Printed list = run(MINIMAND_COMMAND_OF_ALL " list");
  EXPECT_EQ(list.status, 0);
  for (const LossEntry* e : catalogue()) {
    EXPECT_NE(list.text.find("\n" + std::string(e->name) + " "), std::string::npos) << e->name << "\n" << list.text;
  }
}
#endif

}  // namespace
}  // namespace minimand
