// The options of `minimand fit`. Names and defaults of optimisers and schedules come from their own tables.
#include "cli/fit_options.h"

#include <cmath>

#include "cli/options.h"
#include "cli/text.h"
#include "learn/augment.h"
#include "learn/network.h"
#include "learn/optimizer.h"
#include "learn/schedule.h"

namespace minimand::cli {
namespace {

// "adam:lr=0.001:beta1=0.9", each with its defaults; two dots where there is none.
std::string with_defaults(const char* name, std::span<const facts::Param> params) {
  std::string text = name;
  for (const facts::Param& p : params) {
    text += std::string(":") + p.name + '=';
    text += p.choices[0].word ? p.choices[0].word : std::isnan(p.value) ? ".." : shortest(p.value);
  }
  return text;
}

template <class Entries>
std::string list_of(const Entries& entries) {
  std::string text;
  for (const auto& entry : entries) text += (text.empty() ? "" : ", ") + with_defaults(entry.name, entry.params);
  return text;
}

}  // namespace

void add_fit_options(Arguments app, const std::shared_ptr<FitRequest>& o) {
  const auto option = [&](const std::string& name, auto& to, const std::string& value, const std::string& what) {
    return app.option(name, to, what).value(value);
  };
  app.option("data", o->data, "a CSV file; every column but target and weight is a feature, texts are categories");
  option("--target", o->target, "COLUMN", "the column of the CSV file to learn, or several with commas between them; labels may be texts");
  option("--x", o->x, "FILE", "features: .npy, IDX (also gzip) or CSV; rows along the first axis. u8 (images) is divided by "
         "255, anything else standardised");
  option("--y", o->y, "FILE", "targets: .npy, IDX or FILE.csv:COLUMN");
  option("--sample-weight", o->weight, "COL", "how much each row counts: a column of the CSV file, or a file beside --x");
  option("--missing", o->missing, "error|mean|drop", "cells without content (also NA, NaN, null, ?): an error that counts them; "
         "the column's mean; or such rows are left out").check(word_of({"error", "mean", "drop"}));
  option("--test", o->test, "FILE|FRACTION", "rows that are not learnt from: another CSV file, X,Y beside --x, or a share; prints "
         "their loss and accuracy");
  option("--loss", o->loss, "SPEC", "the loss, as in minimand list; the link (identity, logistic, softmax, log) follows from it");
  option("--model", o->model, "M", "linear, mlp:hidden=256x128:activation=relu|tanh|gelu, or for images "
         "cnn:channels=16x32:hidden=128");
  option("--optimizer", o->optimizer, "O", list_of(learn::optimizers()) + " (gd, lbfgs and newton take all rows at once, in f64)");
  option("--schedule", o->schedule, "S", "of the learning rate: " + list_of(learn::schedules()));
  option("--epochs", o->epochs, "N", "passes over the data at most (10; methods that take all rows end by themselves)").check(whole_number(1));
  option("--batch", o->batch, "N", "rows of a step (128)").check(whole_number(1));
  option("--seed", o->seed, "N", "chooses the first weights, the split and the order; same seed, same bits (drawn and printed by default)")
      .check(whole_number(0));
  option("--valid", o->valid, "FRACTION", "share of the rows kept to measure the loss (0.1)").check(real_number(0, 0.999));
  option("--classes", o->classes, "N", "classes of a row loss, if the largest label does not tell").check(whole_number(1));
  option("--l1", o->l1, "X", "adds X times the sum of the weights' sizes to the loss; weights become exactly 0")
      .check(real_number(0, HUGE_VAL));
  option("--l2", o->l2, "X", "adds X/2 times the sum of the weights' squares").check(real_number(0, HUGE_VAL));
  option("--clip", o->clip, "NORM", "shortens gradients that are longer").check(real_number(0, HUGE_VAL, true));
  option("--dropout", o->dropout, "P", "sets this share of hidden outputs to 0 in training").check(real_number(0, 0.999));
  option("--augment", o->augment, "shift:N:flip", "moves images by up to N pixels and mirrors them, at random");
  option("--patience", o->patience, "N", "ends after N epochs without a better validation loss and keeps the best weights").check(whole_number(1));
  option("--class-weight", o->class_weight, "balanced", "each class counts as much as any other").check(word_of({"balanced"}));
  add_threads(app, o->threads);
  option("--out", o->out, "MODEL", "writes the model (safetensors)");
  option("--checkpoint", o->checkpoint, "DIR", "saves the run there, whole or not at all; a signal saves it too");
  app.flag("--verify-checkpoint", o->verify_checkpoint, "reads each checkpoint back, and compares, before it takes its place");
  option("--every", o->every, "N|Ns", "epochs, or seconds, between two checkpoints (1 epoch)");
  app.flag("--resume", o->resume, "goes on from the newest checkpoint, to the same bits as an undisturbed run");
  app.flag("--allow-numerics-change", o->allow_numerics_change, "with --resume: goes on from a checkpoint of another numerics "
               "version too, without the promise of its bits");
  option("--log", o->log, "FILE.jsonl", "writes one JSON object for every epoch");
  app.flag("--timing", o->timing, "prints where the time of an epoch went");
  add_plot(app, o->plot);
  app.flag("--no-header", o->no_header, "CSV: the first row holds data; columns are 1, 2, ...");
  app.flag("--no-progress", o->no_progress, "says nothing of the epochs");
}

learn::FitOptions fit_options(const FitRequest& o) {
  learn::FitOptions fit(loss(o.loss));
  // Mistakes in these are told before the data are read.
  const learn::Optimizer optimizer(o.optimizer);
  learn::ModelSpec(o.model), learn::Schedule(o.schedule), learn::Augment(o.augment);
  fit.model = o.model, fit.optimizer = o.optimizer, fit.schedule = o.schedule, fit.augment = o.augment;
  fit.epochs = o.epochs > 0 ? o.epochs : optimizer.entry().epochs;
  fit.batch = o.batch, fit.seed = o.seed.value_or(0), fit.valid = o.valid, fit.threads = o.threads;
  fit.classes = o.classes, fit.l1 = o.l1, fit.l2 = o.l2, fit.clip = o.clip, fit.dropout = o.dropout;
  fit.patience = o.patience, fit.balanced = o.class_weight == "balanced";
  fit.checkpoint.folder = o.checkpoint, fit.checkpoint.resume = o.resume, fit.checkpoint.verify = o.verify_checkpoint;
  const std::pair<bool, const char*> of_checkpoints[] = {
      {o.resume, "--resume"}, {!o.every.empty(), "--every"}, {o.verify_checkpoint, "--verify-checkpoint"}};
  for (const auto& [given, name] : of_checkpoints)
    if (given && o.checkpoint.empty()) throw error(error_code::PAR005, std::string(name) + " goes with --checkpoint DIR");
  fit.checkpoint.allow_numerics_change = o.allow_numerics_change;
  if (o.allow_numerics_change && !o.resume) throw error(error_code::PAR005, "--allow-numerics-change goes with --resume");
  if (o.every.ends_with('s')) {
    if (!parse_number(o.every.substr(0, o.every.size() - 1), fit.checkpoint.every_seconds) || !(fit.checkpoint.every_seconds > 0))
      throw error(error_code::PAR005, "--every: " + in_quotes(o.every) + " is neither a number of epochs nor of seconds, as in 5 or 30s");
  } else if (!o.every.empty() && (!parse_number(o.every, fit.checkpoint.every_epochs) || fit.checkpoint.every_epochs < 1)) {
    throw error(error_code::PAR005, "--every: " + in_quotes(o.every) + " is neither a number of epochs nor of seconds, as in 5 or 30s");
  }
  return fit;
}

}  // namespace minimand::cli
