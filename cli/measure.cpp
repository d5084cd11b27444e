// Loss and accuracy over data a model has not learnt from.
#include "cli/measure.h"

#include <cstdio>

#include "cli/text.h"
#include "learn/classes.h"
#include "learn/predict.h"

namespace minimand::cli {

std::string measured_text(const learn::Model& model, const array& features, const array& truth, int threads) {
  const array targets = learn::squeezed_targets(truth);
  const learn::Predictions p = learn::predict(model, features, learn::As::prediction, threads);
  Call call;
  call.threads = threads;
  std::string out = "test loss " + seven_digits(model.loss(p.view(), targets, call).value) + '\n';
  const learn::Classes classes = learn::classes_of(model.loss);
  if (classes.kind == learn::ClassKind::none) return out;
  if (classes.kind == learn::ClassKind::pair && !learn::all_two_valued(classes, targets)) return out;
  std::int64_t count = 0;
  const std::int64_t hits = learn::count_hits(classes, p.values.data(), p.rows, std::max<std::int64_t>(1, p.columns), targets, count);
  char text[64];
  std::snprintf(text, sizeof text, "test accuracy %.2f %%\n", 100 * static_cast<double>(hits) / static_cast<double>(count));
  return out + text;
}

}  // namespace minimand::cli
