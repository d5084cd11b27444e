// Every golden row, within the bounds of the accuracy contract; and every loss has some.
#include <gtest/gtest.h>

#include <minimand/catalogue.hpp>

#include "row_checks.h"

namespace minimand::test {
namespace {

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, RowsAreWithinTheirBounds) {
  const auto rows = read_rows(GetParam());
  ASSERT_FALSE(rows.empty());
  for (const Row& row : rows) {
    const auto flags = check_row(row);
    if (!flags) continue;  // failed already
    const std::uint32_t none = nan_in | infinite | overflowed | domain | empty_support;
    EXPECT_EQ(*flags & none, 0u) << row.where() << "\n  a flag on an ordinary row";
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(data_files("golden")), test_name);

std::map<std::string, int> rows_per_loss() {
  std::map<std::string, int> count;
  for (const auto& file : data_files("golden"))
    for (const Row& row : read_rows(file)) ++count[row.loss_name()];
  return count;
}

TEST(GoldenCoverage, EveryLossOfTheCatalogueHasThreeRows) {
  const auto count = rows_per_loss();
  ASSERT_FALSE(catalogue().empty());
  for (const LossEntry* entry : catalogue()) {
    const std::string loss(loss_name(*entry));
    EXPECT_TRUE(count.contains(loss) && count.at(loss) >= 3) << loss << " needs golden rows from an outside source";
  }
}

TEST(GoldenCoverage, EveryRowIsOfALossInTheCatalogue) {
  for (const auto& [loss, count] : rows_per_loss()) {
    bool found = false;
    for (const LossEntry* entry : catalogue()) found = found || loss_name(*entry) == loss;
    EXPECT_TRUE(found) << loss;
  }
}

}  // namespace
}  // namespace minimand::test
