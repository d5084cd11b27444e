// The C API: the catalogue and the library itself.
#include <type_traits>

#include "api/about.h"
#include "api/c_api.h"

using namespace minimand::c_api;

namespace {

const minimand::LossEntry& entry_named(const char* name) {
  if (const minimand::LossEntry* entry = minimand::find_loss(&given(name, "name"))) return *entry;
  minimand::loss(name);  // throws what a misspelt name throws; parameters are none of the name
  refuse("a name is needed, without parameters");
}

}  // namespace

size_t minimand_loss_count(void) {
  std::size_t count = 0;
  guarded([&] { count = minimand::catalogue().size(); });
  return count;
}

const char* minimand_loss_name(size_t index) {
  const char* name = nullptr;
  guarded([&] {
    if (index < minimand::catalogue().size()) name = minimand::loss_name(*minimand::catalogue()[index]).data();
  });
  return name;
}

minimand_status minimand_loss_facts(const char* name, minimand_facts* facts) {
  return guarded([&] {
    const minimand::LossEntry& entry = entry_named(name);
    const minimand::facts::Facts& f = minimand::facts_of(entry);
    given(facts, "facts");
    const minimand_facts all{sizeof(minimand_facts),
                             minimand::loss_name(entry).data(),
                             minimand::word(f.family),
                             minimand::is_row_loss(entry) ? "row" : "pointwise",
                             f.summary,
                             f.formula,
                             f.prediction.text,
                             f.target.text,
                             minimand::word(f.activation),
                             minimand::word(f.mean),
                             f.elsewhere,
                             f.reference,
                             minimand::parameters_of(entry).size(),
                             f.convex,
                             f.symmetric};
    write(*facts, all, first_facts, "minimand_facts");
  });
}

minimand_status minimand_loss_parameter(const char* name, size_t index, minimand_parameter* parameter) {
  return guarded([&] {
    const minimand::LossEntry& entry = entry_named(name);
    const auto parameters = minimand::parameters_of(entry);
    given(parameter, "parameter");
    if (index >= parameters.size()) {
      refuse(std::string(name) + " has " + std::to_string(parameters.size()) + " parameters, not " + std::to_string(index) +
             " and more");
    }
    const minimand::facts::Param& p = parameters[index];
    minimand_parameter all = MINIMAND_PARAMETER_INIT;
    static_assert(std::extent_v<decltype(p.choices)> <= std::extent_v<decltype(all.words)>);
    all.name = p.name, all.meaning = p.meaning, all.range = p.range.text, all.value = p.value;
    all.low = p.range.low, all.high = p.range.high, all.low_open = p.range.low_open, all.high_open = p.range.high_open;
    all.is_list = p.list;
    for (const minimand::facts::Choice& c : p.choices) {
      if (c.word == nullptr) break;
      all.words[all.word_count] = c.word;
      all.word_values[all.word_count++] = c.value;
    }
    write(*parameter, all, first_parameter, "minimand_parameter");
  });
}

const char* minimand_version(void) { return MINIMAND_VERSION; }

const char* minimand_target(void) {
  const char* target = nullptr;
  guarded([&] { target = minimand::target(); });
  return target;
}

int32_t minimand_numerics_version(void) { return minimand::numerics_version(); }
