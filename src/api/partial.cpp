// Partial results: sums over parts of the data that join in any order, and their bytes.
#include <cstring>
#include <string>

#include <minimand/evaluate.hpp>

#include "api/escape.h"
#include "run/convert.h"
#include "run/evaluate.h"
#include "run/pool.h"

namespace minimand {

struct PartialState {
  run::Segments sums;
  std::string loss, options;  // parts join only if both are equal
  std::int64_t count = 0, ignored = 0;
  std::uint32_t flags = 0;
};

Partial::Partial() = default;
Partial::Partial(const Partial& other) : state_(other.state_ ? std::make_unique<PartialState>(*other.state_) : nullptr) {}
Partial::Partial(Partial&&) noexcept = default;
Partial& Partial::operator=(Partial other) noexcept {
  state_ = std::move(other.state_);
  return *this;
}
Partial::~Partial() = default;

namespace {
// Parts made with other class weights must not join: a hash of the weights (FNV-1a).
std::string fingerprint(const array& weights) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::int64_t k = 0; k < weights.size(); ++k) {
    double w;
    run::gather(weights, k, 1, &w);
    unsigned char bytes[sizeof w];
    std::memcpy(bytes, &w, sizeof w);
    for (const unsigned char b : bytes) hash = (hash ^ b) * 0x100000001b3;
  }
  return std::to_string(hash);
}
}  // namespace

Partial Loss::part(const array& prediction, const array& target, const Call& call, std::int64_t begin) const {
  if (begin < 0 || begin > run::max_positions) {
    throw error(error_code::PAR005, "a part begins at " + std::to_string(begin) + "; legal: 0 or more");
  }
  const run::Spec spec{*entry_, parameters_.data(), list_, list_index_};
  Partial partial;
  partial.state_ = std::make_unique<PartialState>();
  PartialState& state = *partial.state_;
  state.loss = text();
  state.options = std::string("type=") + (prediction.type == dtype::f64 ? "f64" : "f32") +
                  (call.ignore ? ";ignore=" + std::to_string(*call.ignore) : "") +
                  (call.class_weight.present ? ";class_weight=" + fingerprint(call.class_weight) : "");
  const run::PartOf part{&state.sums, begin};
  const Result result = run::evaluate(spec, prediction, target, call, &part);
  state.count = result.count;
  state.ignored = result.ignored;
  state.flags = result.flags;
  if (call.strict && state.flags != 0) {
    throw error(error_code::STR001, "strict: raised " + run::flags_text(state.flags));
  }
  return partial;
}

void Partial::merge(const Partial& other) {
  if (!other.state_) return;
  if (!state_) {
    *this = other;
    return;
  }
  const auto differ = [](const char* what, const std::string& a, const std::string& b) {
    throw error(error_code::PRT002, std::string("parts of different ") + what + " do not join: " + escaped(a) + " and " + escaped(b));
  };
  if (state_->loss != other.state_->loss) differ("losses", state_->loss, other.state_->loss);
  if (state_->options != other.state_->options) differ("options", state_->options, other.state_->options);
  const run::DefaultFloats floats;
  state_->sums.merge(other.state_->sums);
  state_->count += other.state_->count;
  state_->ignored += other.state_->ignored;
  state_->flags |= other.state_->flags;
}

Result Partial::finish(minimand::reduction how, double mean_over, minimand::empty nothing) const {
  Result result;
  const run::DefaultFloats floats;
  if (state_) {
    const run::Segments::Sums sums = state_->sums.finish(state_->sums.end());
    result.sum = sums[0] + 0.0;
    result.weight_sum = sums[1];
    result.count = state_->count;
    result.ignored = state_->ignored;
    result.flags = state_->flags;
  }
  Call call;
  call.reduction = how;
  call.mean_over = mean_over;
  call.empty = nothing;
  run::finish(result, call);
  return result;
}

std::int64_t Partial::begin() const { return state_ ? state_->sums.begin() : 0; }
std::int64_t Partial::end() const { return state_ ? state_->sums.end() : 0; }
std::string Partial::loss() const { return state_ ? state_->loss : ""; }

// Layout, little-endian: magic (8), numerics version (u32), flags (u32), count (i64), ignored (i64), length and
// bytes of the loss text, of the options, of the segments (u32 each), checksum of all before (u64), nothing after.
namespace {

constexpr char magic[] = "MMPART1\n";

void put(std::string& to, std::uint64_t x, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(x >> (8 * i));
}
void put(std::string& to, const std::string& text) {
  put(to, text.size(), 4);
  to += text;
}

// FNV-1a, 64 bits: each step is a bijection, so any change within one byte is found.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

struct Reader {
  std::string_view rest;
  std::string_view take(std::size_t n) {
    if (rest.size() < n) throw error(error_code::PRT001, "partial result ends early");
    const std::string_view head = rest.substr(0, n);
    rest.remove_prefix(n);
    return head;
  }
  std::uint64_t number(int bytes) {
    std::uint64_t x = 0;
    const std::string_view b = take(static_cast<std::size_t>(bytes));
    for (int i = bytes; i-- > 0;) x = x << 8 | static_cast<unsigned char>(b[static_cast<std::size_t>(i)]);
    return x;
  }
  std::string_view text() { return take(static_cast<std::size_t>(number(4))); }
};

}  // namespace

std::string Partial::to_bytes() const {
  const PartialState nothing;
  const PartialState& s = state_ ? *state_ : nothing;
  std::string out(magic, 8);
  put(out, static_cast<std::uint64_t>(numerics_version()), 4);
  put(out, s.flags, 4);
  put(out, static_cast<std::uint64_t>(s.count), 8);
  put(out, static_cast<std::uint64_t>(s.ignored), 8);
  put(out, s.loss);
  put(out, s.options);
  put(out, s.sums.to_bytes());
  put(out, checksum(out), 8);
  return out;
}

Partial Partial::from_bytes(std::string_view bytes) {
  Reader r{bytes};
  if (r.take(8) != std::string_view(magic, 8)) throw error(error_code::PRT001, "not a partial result (magic)");
  const std::uint64_t version = r.number(4);
  if (version != static_cast<std::uint64_t>(numerics_version())) {
    throw error(error_code::PRT002, "partial result of numerics version " + std::to_string(version) + "; this is " +
                                        std::to_string(numerics_version()));
  }
  if (r.rest.size() < 8) throw error(error_code::PRT001, "partial result ends early");
  Reader end{bytes.substr(bytes.size() - 8)};
  if (end.number(8) != checksum(bytes.substr(0, bytes.size() - 8))) {
    throw error(error_code::PRT001, "partial result is cut or damaged (checksum)");
  }
  r.rest.remove_suffix(8);
  Partial partial;
  partial.state_ = std::make_unique<PartialState>();
  PartialState& s = *partial.state_;
  s.flags = static_cast<std::uint32_t>(r.number(4));
  s.count = static_cast<std::int64_t>(r.number(8));
  s.ignored = static_cast<std::int64_t>(r.number(8));
  s.loss = r.text();
  s.options = r.text();
  s.sums = run::Segments::from_bytes(r.text());
  if (!r.rest.empty()) throw error(error_code::PRT001, "partial result has " + std::to_string(r.rest.size()) + " bytes too many");
  const bool counts = s.count >= 0 && s.ignored >= 0 && s.count <= s.sums.covered() && s.ignored == s.sums.covered() - s.count;
  if (s.flags >= 2 * unnormalised || !counts) throw error(error_code::PRT001, "partial result contradicts itself");
  if (s.loss.empty()) {
    if (s.sums.covered() != 0 || s.flags != 0 || !s.options.empty()) throw error(error_code::PRT001, "partial result names no loss");
    partial.state_.reset();
    return partial;
  }
  std::string canonical;
  try {
    canonical = minimand::loss(s.loss).text();
  } catch (const error& e) {
    throw error(error_code::PRT001, std::string("partial result is of a loss that is not here: ") + e.what());
  }
  if (canonical != s.loss) throw error(error_code::PRT001, "partial result names its loss unusually");
  return partial;
}

}  // namespace minimand
