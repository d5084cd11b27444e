// The one order of every sum: 32 lanes per block of 4096, then a binary tree over blocks by their global
// index. Its bits depend on the number of summands alone, not on threads, parts or the order in which parts
// arrive.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace minimand::run {

inline constexpr int block_size = 4096;
inline constexpr std::int64_t max_positions = std::int64_t{1} << 62;

// Sum of at most 4096 summands: lane[i % 32] += summand i, ascending; lanes folded 16, 8, 4, 2, 1 apart.
double fold_block(const double* summands, int n);

// The sum of a complete subtree: blocks index * 2^level ... (index + 1) * 2^level - 1.
template <int sums>
struct Node {
  int level;
  std::int64_t index;
  double sum[sums];
  std::int64_t first() const { return index << level; }       // block
  std::int64_t last() const { return (index + 1) << level; }  // one past the last block
};

// A left child and its right neighbour, and the subtree both make.
template <int sums>
bool siblings(const Node<sums>& left, const Node<sums>& right) {
  return left.level == right.level && left.index % 2 == 0 && left.index + 1 == right.index;
}
template <int sums>
Node<sums> parent(const Node<sums>& left, const Node<sums>& right) {
  Node<sums> node{left.level + 1, left.index / 2, {}};
  for (int s = 0; s < sums; ++s) node.sum[s] = left.sum[s] + right.sum[s];
  return node;
}
// A sum as it leaves the tree: x86 arithmetic makes the negative NaN, and which payload survives an addition
// depends on the order of operands.
inline double canonical(double x) {
  return x != x ? std::numeric_limits<double>::quiet_NaN() : x == 0 ? 0.0 : x;
}

// The sum of a contiguous range of blocks as its maximal subtrees. Fixed size, never allocates.
class TreeSum {
 public:
  static constexpr int capacity = 128;  // 2 * 50 levels and room to spare

  TreeSum() {}  // the nodes stay unset: a call on few elements should not clear them
  TreeSum(const TreeSum& other) { append(other); }
  TreeSum& operator=(const TreeSum& other) {
    if (this != &other) count_ = 0, append(other);
    return *this;
  }

  // Sum of one more block; the first may have any index, each further one follows its predecessor.
  void append(std::int64_t block_index, double sum) { append(Node<1>{0, block_index, {sum}}); }
  // The range that follows.
  void append(const TreeSum& following);
  void append(const Node<1>& subtree);

  // The sum, if the range begins at block 0; +0 if it is empty.
  double total() const;
  bool is_empty() const { return count_ == 0; }
  std::int64_t first() const { return count_ ? nodes_[0].first() : 0; }         // block
  std::int64_t last() const { return count_ ? nodes_[count_ - 1].last() : 0; }  // one past the last block
  int count() const { return count_; }
  const Node<1>& operator[](int i) const { return nodes_[i]; }

 private:
  int count_ = 0;
  Node<1> nodes_[capacity];  // by position
};

// The state of two sums (of losses and of weights) over any set of positions: subtrees of complete blocks,
// and the summands themselves of incomplete ones. Joined in any order it gives the bits of one evaluation of
// the whole.
class Segments {
 public:
  static constexpr int sums = 2;
  using Sums = std::array<double, sums>;

  // A complete block: positions 4096 index ... 4096 index + 4095.
  void add_block(std::int64_t index, const Sums& sum);
  // Complete blocks that two trees over one range hold.
  void add_blocks(const TreeSum& loss, const TreeSum& weight);
  // Summands of positions begin ... begin + n - 1, which lie in one block. values[s] has n; null: all 1.
  void add_edge(std::int64_t begin, const std::array<const double*, sums>& values, int n);
  // All of these: PRT002 if a position is there already; *this is then as before the call.
  void merge(const Segments& other);

  // Both sums if the positions are exactly [0, n); otherwise PRT002 naming the first hole or surplus.
  Sums finish(std::int64_t n) const;

  std::int64_t begin() const;    // first position, 0 if there is none
  std::int64_t end() const;      // one past the last
  std::int64_t covered() const;  // number of positions

  // Little-endian; the same state gives the same bytes. The caller adds a version.
  std::string to_bytes() const;
  // PRT001 unless the bytes are exactly what to_bytes of some state gives.
  static Segments from_bytes(std::string_view bytes);

 private:
  // Summands of a part of one block, one vector per sum; at most 4095 of them, never adjacent to another
  // piece of the same block.
  struct Piece {
    std::int64_t begin;
    std::array<std::vector<double>, sums> values;
    std::int64_t end() const { return begin + static_cast<std::int64_t>(values[0].size()); }
  };
  void insert(Node<sums> node);
  void insert(Piece piece);
  std::vector<Node<sums>> nodes_;  // by position, disjoint, no two siblings
  std::vector<Piece> pieces_;      // by position
};

}  // namespace minimand::run
