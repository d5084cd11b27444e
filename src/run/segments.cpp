// Sums over scattered positions that complete each other: subtrees, edges, and their bytes.
#include "run/tree.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include <minimand/error.hpp>

namespace minimand::run {
namespace {

constexpr std::int64_t max_blocks = max_positions / block_size;

[[noreturn]] void malformed(const std::string& what) {
  throw error(error_code::PRT001, "partial result is malformed: " + what);
}
std::string span_text(std::int64_t begin, std::int64_t end) {
  return end - begin == 1 ? "position " + std::to_string(begin)
                          : "positions " + std::to_string(begin) + " to " + std::to_string(end - 1);
}
[[noreturn]] void twice(std::int64_t begin, std::int64_t end) {
  throw error(error_code::PRT002, "parts overlap: " + span_text(begin, end) + " belong to both", role::none,
              begin, end - begin);
}

void put(std::string& out, std::uint64_t x) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(x >> (8 * i) & 0xff);
  out.append(bytes, sizeof bytes);
}
void put(std::string& out, double x) { put(out, std::bit_cast<std::uint64_t>(canonical(x))); }

struct Reader {
  std::string_view bytes;
  std::uint64_t word() {
    if (bytes.size() < 8) malformed("it ends too early");
    std::uint64_t x = 0;
    for (int i = 8; i-- > 0;) x = x << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    bytes.remove_prefix(8);
    return x;
  }
  // A number in [0, most].
  std::int64_t number(std::int64_t most, const char* what) {
    const std::uint64_t x = word();
    if (x > static_cast<std::uint64_t>(most)) malformed(std::string(what) + " is out of range");
    return static_cast<std::int64_t>(x);
  }
  // A sum or a summand, as it is written.
  double sum() {
    const std::uint64_t x = word();
    const double value = std::bit_cast<double>(x);
    if (std::bit_cast<std::uint64_t>(canonical(value)) != x) malformed("a NaN or zero of another form");
    return value;
  }
  // A count of things of which each takes at least `size` bytes.
  std::size_t count(std::size_t size) {
    const std::uint64_t n = word();
    if (n > bytes.size() / size) malformed("it declares more than it holds");
    return static_cast<std::size_t>(n);
  }
};

}  // namespace

void Segments::insert(Node<sums> node) {
  const std::int64_t begin = node.first() * block_size, end = node.last() * block_size;
  auto place = std::lower_bound(nodes_.begin(), nodes_.end(), node.first(),
                                [](const Node<sums>& n, std::int64_t block) { return n.last() <= block; });
  if (place != nodes_.end() && place->first() < node.last()) {
    twice(std::max(begin, place->first() * block_size), std::min(end, place->last() * block_size));
  }
  const auto piece =
      std::lower_bound(pieces_.begin(), pieces_.end(), begin,
                       [](const Piece& p, std::int64_t position) { return p.end() <= position; });
  if (piece != pieces_.end() && piece->begin < end) twice(piece->begin, piece->end());

  for (;;) {
    if (place != nodes_.begin() && siblings(*std::prev(place), node)) {
      --place;
      node = parent(*place, node);
    } else if (place != nodes_.end() && siblings(node, *place)) {
      node = parent(node, *place);
    } else {
      break;
    }
    place = nodes_.erase(place);
  }
  nodes_.insert(place, node);
}

void Segments::insert(Piece piece) {
  const std::int64_t block = piece.begin / block_size;
  const auto node = std::lower_bound(nodes_.begin(), nodes_.end(), block,
                                     [](const Node<sums>& n, std::int64_t b) { return n.last() <= b; });
  if (node != nodes_.end() && node->first() <= block) twice(piece.begin, piece.end());
  auto place = std::lower_bound(pieces_.begin(), pieces_.end(), piece.begin,
                                [](const Piece& p, std::int64_t position) { return p.end() <= position; });
  if (place != pieces_.end() && place->begin < piece.end()) {
    twice(std::max(piece.begin, place->begin), std::min(piece.end(), place->end()));
  }
  const auto join = [](Piece& left, const Piece& right) {
    for (int s = 0; s < sums; ++s) {
      left.values[s].insert(left.values[s].end(), right.values[s].begin(), right.values[s].end());
    }
  };
  const auto adjacent = [](const Piece& left, const Piece& right) {
    return left.end() == right.begin && left.begin / block_size == right.begin / block_size;
  };
  if (place != pieces_.begin() && adjacent(*std::prev(place), piece)) {
    --place;
    join(*place, piece);
    piece = std::move(*place);
    place = pieces_.erase(place);
  }
  if (place != pieces_.end() && adjacent(piece, *place)) {
    join(piece, *place);
    place = pieces_.erase(place);
  }
  if (piece.values[0].size() < block_size) {
    pieces_.insert(place, std::move(piece));
    return;
  }
  Node<sums> whole{0, block, {}};
  for (int s = 0; s < sums; ++s) whole.sum[s] = fold_block(piece.values[s].data(), block_size);
  insert(whole);
}

void Segments::add_block(std::int64_t index, const Sums& sum) {
  if (index < 0 || index >= max_blocks) throw error(error_code::INT001, "a block is out of range");
  insert(Node<sums>{0, index, {sum[0], sum[1]}});
}

void Segments::add_blocks(const TreeSum& loss, const TreeSum& weight) {
  if (loss.count() != weight.count()) throw error(error_code::INT001, "two sums cover different blocks");
  for (int i = 0; i < loss.count(); ++i) {
    const auto &a = loss[i], &b = weight[i];
    if (a.level != b.level || a.index != b.index || a.first() < 0 || a.last() > max_blocks) {
      throw error(error_code::INT001, "two sums cover different blocks");
    }
    insert(Node<sums>{a.level, a.index, {a.sum[0], b.sum[0]}});
  }
}

void Segments::add_edge(std::int64_t begin, const std::array<const double*, sums>& values, int n) {
  if (n == 0) return;
  if (begin < 0 || n < 0 || begin >= max_positions || begin % block_size + n > block_size) {
    throw error(error_code::INT001, "an edge is longer than its block");
  }
  Piece piece{begin, {}};
  for (int s = 0; s < sums; ++s) {
    if (values[s])
      piece.values[s].assign(values[s], values[s] + n);
    else
      piece.values[s].assign(static_cast<std::size_t>(n), 1.0);
  }
  insert(std::move(piece));
}

void Segments::merge(const Segments& other) {
  Segments joined = *this;
  for (const auto& node : other.nodes_) joined.insert(node);
  for (const auto& piece : other.pieces_) joined.insert(piece);
  *this = std::move(joined);
}

std::int64_t Segments::begin() const {
  if (nodes_.empty()) return pieces_.empty() ? 0 : pieces_.front().begin;
  const std::int64_t blocks = nodes_.front().first() * block_size;
  return pieces_.empty() ? blocks : std::min(blocks, pieces_.front().begin);
}

std::int64_t Segments::end() const {
  const std::int64_t blocks = nodes_.empty() ? 0 : nodes_.back().last() * block_size;
  return pieces_.empty() ? blocks : std::max(blocks, pieces_.back().end());
}

std::int64_t Segments::covered() const {
  std::int64_t count = 0;
  for (const auto& node : nodes_) count += (node.last() - node.first()) * block_size;
  for (const auto& piece : pieces_) count += piece.end() - piece.begin;
  return count;
}

Segments::Sums Segments::finish(std::int64_t n) const {
  std::int64_t reached = 0;
  const auto missing = [&](std::int64_t end) {
    throw error(error_code::PRT002,
                "parts leave a hole: " + span_text(reached, end) + " of " + std::to_string(n) +
                    (end - reached == 1 ? " is" : " are") + " in none of them",
                role::none, reached, end - reached);
  };
  auto node = nodes_.begin();
  auto piece = pieces_.begin();
  while (node != nodes_.end() || piece != pieces_.end()) {  // in order of position
    const bool is_node =
        piece == pieces_.end() || (node != nodes_.end() && node->first() * block_size < piece->begin);
    const std::int64_t begin = is_node ? node->first() * block_size : piece->begin;
    if (begin > reached && reached < n) missing(std::min(begin, n));
    reached = is_node ? node->last() * block_size : piece->end();
    if (is_node)
      ++node;
    else
      ++piece;
  }
  if (reached < n) missing(n);
  if (reached > n) {
    throw error(error_code::PRT002,
                "parts hold " + span_text(std::max(n, begin()), reached) + ", but the whole ends at " +
                    std::to_string(n),
                role::none, n, reached - n);
  }
  Sums result{};
  for (int s = 0; s < sums; ++s) {
    TreeSum tree;
    for (const auto& open : nodes_) tree.append(Node<1>{open.level, open.index, {open.sum[s]}});
    for (const auto& last : pieces_) {  // the last block, if it is ragged
      tree.append(last.begin / block_size,
                  fold_block(last.values[s].data(), static_cast<int>(last.values[s].size())));
    }
    result[s] = tree.total();
  }
  return result;
}

// Words of 8 bytes: number of nodes, of pieces; level, index, sums of each node; begin, length, summands of
// each piece, one sum after the other.
std::string Segments::to_bytes() const {
  std::string out;
  put(out, std::uint64_t{nodes_.size()});
  put(out, std::uint64_t{pieces_.size()});
  for (const auto& node : nodes_) {
    put(out, static_cast<std::uint64_t>(node.level));
    put(out, static_cast<std::uint64_t>(node.index));
    for (double sum : node.sum) put(out, sum);
  }
  for (const auto& piece : pieces_) {
    put(out, static_cast<std::uint64_t>(piece.begin));
    put(out, std::uint64_t{piece.values[0].size()});
    for (const auto& values : piece.values) {
      for (double value : values) put(out, value);
    }
  }
  return out;
}

Segments Segments::from_bytes(std::string_view bytes) {
  Reader in{bytes};
  Segments state;
  const std::size_t nodes = in.count(8 * (2 + sums));
  const std::size_t pieces = in.count(8 * (2 + sums));
  for (std::size_t i = 0; i < nodes; ++i) {
    Node<sums> node{};
    node.level =
        static_cast<int>(in.number(std::bit_width(static_cast<std::uint64_t>(max_blocks)) - 1, "a level"));
    node.index = in.number((max_blocks >> node.level) - 1, "the place of a block");
    for (double& sum : node.sum) sum = in.sum();
    if (i != 0 && (node.first() < state.nodes_.back().last() || siblings(state.nodes_.back(), node))) {
      malformed("blocks out of order");
    }
    state.nodes_.push_back(node);
  }
  for (std::size_t i = 0; i < pieces; ++i) {
    Piece piece{in.number(max_positions - 1, "the place of a summand"), {}};
    const std::int64_t n = in.number(block_size - 1, "the length of a piece");
    if (n == 0 || piece.begin % block_size + n > block_size)
      malformed("the length of a piece is out of range");
    if (in.bytes.size() / (8 * sums) < static_cast<std::size_t>(n)) malformed("it ends too early");
    for (auto& values : piece.values) {
      values.resize(static_cast<std::size_t>(n));
      for (double& value : values) value = in.sum();
    }
    if (i != 0 && piece.begin < state.pieces_.back().end()) malformed("summands out of order");
    const std::size_t before = state.pieces_.size();
    try {
      state.insert(std::move(piece));
    } catch (const error&) {
      malformed("summands inside a complete block");
    }
    if (state.pieces_.size() != before + 1) malformed("pieces that belong together");
  }
  if (!in.bytes.empty()) malformed("bytes follow its end");
  return state;
}

}  // namespace minimand::run
