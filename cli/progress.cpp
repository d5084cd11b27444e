// The line of an epoch.
#include "cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/process.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

constexpr int bar_width = 20;
constexpr std::chrono::milliseconds renewal{100};
constexpr double silent_seconds = 1;

std::string formatted(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string rate_text(double rows_per_second) {
  if (rows_per_second >= 1e6) return formatted("%.1f M rows/s", rows_per_second / 1e6);
  if (rows_per_second >= 1e3) return formatted("%.0f k rows/s", rows_per_second / 1e3);
  return formatted("%.0f rows/s", rows_per_second);
}

std::string time_text(double seconds) {
  const auto s = static_cast<long>(std::ceil(seconds));
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return std::to_string(s / 3600) + " h " + std::to_string(s / 60 % 60) + " min";
}

std::string counter(std::int64_t epoch, std::int64_t epochs) {
  const std::string all = std::to_string(epochs), now = std::to_string(epoch);
  return "epoch " + std::string(all.size() - std::min(all.size(), now.size()), ' ') + now + '/' + all;
}

std::string bar(double share) {
  const int full = std::clamp(static_cast<int>(std::lround(share * bar_width)), 0, bar_width);
  std::string out;
  for (int i = 0; i < bar_width; ++i) out += i < full ? "━" : "─";
  return out;
}

double judged(const learn::EpochReport& r) { return std::isnan(r.valid_loss) ? r.train_loss : r.valid_loss; }

}  // namespace

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(terminal()) {}

// Losses of the last epoch, the best one, and accuracy where there is such a thing.
std::string Progress::losses() const {
  if (newest_.epoch == 0) return "";
  std::string out = formatted("   train %.4f", newest_.train_loss);
  if (!std::isnan(newest_.valid_loss)) out += formatted("   valid %.4f", newest_.valid_loss);
  const double accuracy = std::isnan(newest_.valid_accuracy) ? newest_.train_accuracy : newest_.valid_accuracy;
  if (!std::isnan(accuracy)) out += formatted("   accuracy %.2f %%", 100 * accuracy);
  return out + formatted("   best %.4f", judged(best_)) + " at " + std::to_string(best_.epoch);
}

void Progress::show(const std::string& line) {
  // The bar gives way first where the terminal is narrow.
  std::string text = line;
  const auto room = static_cast<std::size_t>(std::max(20, terminal_columns() - 1));
  while (width(text) > room) {
    text.pop_back();
    while (!text.empty() && (text.back() & 0xC0) == 0x80) text.pop_back();
  }
  std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::batch(const learn::BatchReport& r) {
  if (quiet_ || !terminal_ || r.seconds < silent_seconds) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && now - last_ < renewal) return;
  last_ = now;
  const double done = (static_cast<double>(r.epoch - 1) + static_cast<double>(r.rows_done) / static_cast<double>(r.rows)) /
                      static_cast<double>(r.epochs);
  const double rows = done * static_cast<double>(r.epochs) * static_cast<double>(r.rows);
  show(counter(r.epoch, r.epochs) + ' ' + bar(done) + ' ' + rate_text(rows / r.seconds) + "   " +
       time_text(r.seconds * (1 - done) / done) + " left" + losses());
}

void Progress::epoch(const learn::EpochReport& r) {
  newest_ = r;
  if (best_.epoch == 0 || judged(r) < judged(best_)) best_ = r;
  if (quiet_) return;
  if (!terminal_) {
    note(counter(r.epoch, r.epochs) + "   " + rate_text(r.rows_per_second) + losses());
  } else if (r.epoch == r.epochs) {
    show(counter(r.epoch, r.epochs) + ' ' + bar(1) + ' ' + rate_text(r.rows_per_second) + losses());
  }
}

void Progress::finish() {
  // A run that ends by itself before its last epoch.
  if (!quiet_ && terminal_ && newest_.epoch > 0 && newest_.epoch < newest_.epochs)
    show(counter(newest_.epoch, newest_.epochs) + ' ' + rate_text(newest_.rows_per_second) + losses());
  if (shown_) std::fputc('\n', stderr);
  shown_ = false;
}

}  // namespace minimand::cli
