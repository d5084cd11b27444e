// A loss is in the catalogue by its file alone: those that only this program has are there as the built-in
// ones are.
#include <set>

#include "conformance.h"
#include "kernels/loss_set.h"

namespace minimand::test {
namespace {

TEST(Catalogue, HoldsTheLossesOfTheProgramAfterTheBuiltInOnes) {
  const auto all = catalogue();
  ASSERT_GE(all.size(), 20u);
  EXPECT_STREQ(all[all.size() - 2]->name, "test_cauchy");
  EXPECT_STREQ(all[all.size() - 1]->name, "test_poly1");
  EXPECT_STREQ(all[0]->name, "squared_error");
}

TEST(Catalogue, FindsThemByName) {
  ASSERT_NE(find_loss("test_cauchy"), nullptr);
  EXPECT_EQ(find_loss("test_cauchy")->engine, Engine::map);
  ASSERT_NE(find_loss("test_poly1"), nullptr);
  EXPECT_EQ(find_loss("test_poly1")->engine, Engine::statistics);
  EXPECT_EQ(find_loss("test_poly"), nullptr);
  EXPECT_EQ(nearest_loss("test_caucy"), "test_cauchy");
  EXPECT_EQ(loss("test_cauchy:scale=0.5").text(), "test_cauchy:scale=0.5");
  EXPECT_EQ(loss("test_cauchy:scale=1.5").text(), "test_cauchy");
}

TEST(Catalogue, NamesAreDistinctAndOwn) {
  std::set<std::string> names;
  for (const LossEntry* e : catalogue()) {
    EXPECT_TRUE(names.insert(e->name).second) << e->name;
    EXPECT_EQ(find_loss(e->name), e);
    EXPECT_EQ(loss_name(*e), e->name);
  }
}

// What `list`, `explain` and the manual print comes from the facts: none may be missing.
TEST(Catalogue, FactsAreComplete) {
  for (const LossEntry* e : catalogue()) {
    EXPECT_GT(std::strlen(e->facts.summary), 10u) << e->name;
    EXPECT_GT(std::strlen(e->facts.formula), 3u) << e->name;
    EXPECT_FALSE(e->code_text().empty()) << e->name;
    EXPECT_TRUE(e->engine == Engine::map ? e->reference && e->wide_reference && !e->reference_row
                                         : !e->reference && !e->wide_reference && e->reference_row != nullptr)
        << e->name;
    for (int k = 0; k < e->parameter_count; ++k) {
      const facts::Param& p = e->facts.params[k];
      EXPECT_TRUE(std::isnan(p.value) || inside(p.range, p.value)) << e->name << " " << p.name;
      EXPECT_GT(std::strlen(p.meaning), 5u) << e->name << " " << p.name;
    }
    for (const run::Target t : available_targets()) {
      const kernels::Kernels& k = e->kernels[static_cast<int>(t)];
      for (int order = 0; order < 3; ++order) {
        EXPECT_TRUE(e->engine == Engine::map ? k.map_f32.order[order] && k.map_f64.order[order]
                                             : k.row_f32.formula && k.row_f64.formula)
            << e->name << " " << run::name(t);
      }
    }
  }
}

// The text form of a loss leads back to it.
TEST(Catalogue, TextLeadsBack) {
  for (const LossEntry* e : catalogue()) {
    for (const Form& form : forms(*e)) {
      const Loss again = loss(form.f.text());
      EXPECT_EQ(again.text(), form.f.text());
      EXPECT_EQ(&again.entry(), e);
      for (int k = 0; k < facts::max_params; ++k) {
        EXPECT_EQ(bits(again.parameters()[k]), bits(form.f.parameters()[k])) << form.f.text();
      }
    }
  }
}

TEST(Catalogue, ALossThatIsThereAlreadyIsNotAddedTwice) {
  const auto before = catalogue().size();
  const LossSet same{1, [](LossEntry* out) { *out = *find_loss("test_cauchy"); },
                     [](kernels::Target, kernels::Kernels*) { return false; }};
  EXPECT_EQ(code_of([&] { add_losses(same); }), "INT001");
  EXPECT_EQ(catalogue().size(), before);
}

}  // namespace
}  // namespace minimand::test
