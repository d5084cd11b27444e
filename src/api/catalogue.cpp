// The catalogue at run time: entries are built on first use and live as long as the process.
#include <minimand/catalogue.hpp>

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "api/builtin.h"
#include "kernels/loss_set.h"
#include "api/nearest.h"

namespace minimand {
namespace {

struct Registry {
  std::mutex lock;
  std::deque<LossEntry> entries;          // never move
  std::vector<const LossEntry*> listed;   // what catalogue() shows

  void add(const LossSet& set) {
    std::vector<LossEntry> fresh(static_cast<std::size_t>(set.count));
    set.fill_facts(fresh.data());
    std::vector<kernels::Kernels> table(static_cast<std::size_t>(set.count));
    for (int t = 0; t < static_cast<int>(kernels::Target::count); ++t) {
      if (!set.fill_kernels(static_cast<kernels::Target>(t), table.data())) continue;
      for (std::size_t i = 0; i < fresh.size(); ++i) {
        fresh[i].kernels[t] = table[i];
        for (int c = 0; c < kernels::curvatures; ++c) {
          const auto kind = static_cast<kernels::Curvature>(c);
          const bool has = table[i].map_f32.offers(kind) || table[i].row_f32.offers(kind);
          fresh[i].curvatures |= static_cast<unsigned>(has) << c;
        }
      }
    }
    for (LossEntry& entry : fresh) {
      for (const LossEntry* known : listed) {
        if (std::string_view(known->name) == entry.name) {
          throw error(error_code::INT001, std::string("loss \"") + entry.name + "\" is defined twice");
        }
      }
      entries.push_back(entry);
      listed.push_back(&entries.back());
    }
  }
};

// The built-in losses come first, whoever asks first.
Registry& registry() {
  static Registry* all = [] {
    auto* r = new Registry;  // never destroyed: losses may be used by other static objects
    for (const LossSet& slice : builtin_losses()) r->add(slice);
    return r;
  }();
  return *all;
}

}  // namespace

void add_losses(const LossSet& set) {
  Registry& r = registry();
  const std::lock_guard guard(r.lock);
  r.add(set);
}

std::span<const LossEntry* const> catalogue() { return registry().listed; }

const LossEntry* find_loss(std::string_view name) {
  for (const LossEntry* entry : catalogue()) {
    if (name == entry->name) return entry;
  }
  return nullptr;
}

std::string_view loss_name(const LossEntry& entry) { return entry.name; }

std::string nearest_loss(std::string_view misspelt) {
  std::vector<std::string_view> names;
  for (const LossEntry* entry : catalogue()) names.emplace_back(entry->name);
  return nearest(misspelt, names);
}

}  // namespace minimand
