// Over-fitting and its remedies: a thousand pictures of clothes, which a network soon knows by heart.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "io/load.h"
#include "learn/predict.h"
#include "learn/trainer.h"
#include "page.h"
namespace mm = minimand;

namespace {

// The first `rows` of an array.
mm::array first(mm::array whole, std::int64_t rows) {
  whole.shape[0] = rows;
  return whole;
}

struct Remedy {
  const char* name;
  std::function<void(mm::learn::FitOptions&)> apply;
};

}  // namespace

int main(int argc, char** argv) {
  const char* elsewhere = std::getenv("FASHION_MNIST");
  const std::string folder = elsewhere ? elsewhere : "/usr/share/datasets/fashion-mnist";
  mm::io::Owned pictures, labels, test_pictures, test_labels;
  try {
    pictures = mm::io::load(folder + "/train-images-idx3-ubyte.gz");
    labels = mm::io::load(folder + "/train-labels-idx1-ubyte.gz");
    test_pictures = mm::io::load(folder + "/t10k-images-idx3-ubyte.gz");
    test_labels = mm::io::load(folder + "/t10k-labels-idx1-ubyte.gz");
  } catch (const mm::error& e) {
    if (e.code() != mm::error_code::IO001) throw;
    std::printf("skipped: no Fashion-MNIST in %s (on Debian: apt-get install dataset-fashion-mnist)\n", folder.c_str());
    return 77;
  }

  // A half of 2000 pictures is learnt from, the other half shows the loss after each epoch.
  const mm::array x = first(pictures.view, 2000), y = first(labels.view, 2000);
  const auto fit = [&](const Remedy& remedy) {
    mm::learn::FitOptions options(mm::loss("softmax_cross_entropy"));
    options.model = "mlp:hidden=128", options.optimizer = "adam:lr=0.003", options.schedule = "cosine";
    options.epochs = 80, options.batch = 50, options.valid = 0.5, options.seed = 12;
    remedy.apply(options);
    return mm::learn::fit(x, y, options);
  };
  const Remedy remedies[] = {{"none", [](auto&) {}},
                             {"L2", [](auto& o) { o.l2 = 0.005; }},
                             {"dropout", [](auto& o) { o.dropout = 0.5; }},
                             {"augmentation", [](auto& o) { o.augment = "shift:1:flip"; }},
                             {"early stopping", [](auto& o) { o.patience = 5; }},
                             {"all of them", [](auto& o) {
                                o.l2 = 0.0005, o.dropout = 0.3, o.augment = "shift:1:flip", o.patience = 20;
                              }}};

  mm::picture::Figure figure{"Over-fitting and its remedies",
                             "The loss of pictures learnt from, and of pictures kept apart, over the epochs.", {}};
  figure.panels = {{"loss, learnt from", {.label = "epoch", .whole = true}, {.label = "", .low = 0, .high = 1.2}, {}},
                   {"loss, not seen", {.label = "epoch", .whole = true}, {.label = "", .low = 0.5, .high = 0.9}, {}}};
  std::printf("                                        10000 pictures of the test\n");
  std::printf("remedy          epochs  learnt loss     loss     right\n");
  std::array<double, 6> loss{}, learnt{};
  for (std::size_t k = 0; k < 6; ++k) {
    const mm::learn::Model model = fit(remedies[k]);
    const auto logits = mm::learn::predict(model, test_pictures.view, mm::learn::As::prediction);
    loss[k] = mm::softmax_cross_entropy(logits.view(), test_labels.view).value;
    const auto named = mm::learn::predict(model, test_pictures.view, mm::learn::As::label).labels;
    const auto* truth = static_cast<const std::uint8_t*>(test_labels.view.data);
    int right = 0;
    for (std::size_t i = 0; i < named.size(); ++i) right += named[i] == truth[i];

    mm::picture::Series seen{remedies[k].name, {}, {}}, unseen = seen;
    for (const mm::learn::EpochResult& e : model.history) {
      seen.x.push_back(static_cast<double>(e.epoch)), seen.y.push_back(e.train_loss);
      unseen.x.push_back(static_cast<double>(e.epoch)), unseen.y.push_back(e.valid_loss);
    }
    figure.panels[0].series.push_back(seen), figure.panels[1].series.push_back(unseen);
    learnt[k] = seen.y.back();
    std::printf("%-15s   %3zu       %.3f        %.3f    %.1f %%\n", remedies[k].name, model.history.size(), learnt[k],
                loss[k], static_cast<double>(right) / 100);
  }

  Page page;
  page.claim(learnt[0] < 0.05 && loss[0] > 10 * learnt[0], "without a remedy the network knows its pictures by heart");
  page.claim(*std::max_element(loss.begin() + 1, loss.end()) < loss[0], "every remedy lowers the loss of the test");
  page.claim(loss[5] < 0.75 * loss[0], "together they take at least a quarter of it away");
  return page.end(argc, argv, "overfitting", figure);
}
