// The sum of a block and the tree over blocks, as a binary counter.
#include "run/tree.h"

#include <minimand/error.hpp>


namespace minimand::run {

double fold_block(const double* summands, int n) {
  constexpr int lanes = 32;
  double lane[lanes] = {};
  for (int i = 0; i < n; ++i) lane[i % lanes] += summands[i];
  for (int width = lanes / 2; width > 0; width /= 2) {
    for (int j = 0; j < width; ++j) lane[j] += lane[j + width];
  }
  return lane[0];
}

void TreeSum::append(const Node<1>& subtree) {
  if (count_ != 0 && subtree.first() != last()) {
    throw error(error_code::INT001, "block " + std::to_string(subtree.first()) + " follows block " +
                                        std::to_string(last() - 1) + " in a sum");
  }
  Node<1> node = subtree;
  for (; count_ != 0 && siblings(nodes_[count_ - 1], node); --count_) node = parent(nodes_[count_ - 1], node);
  if (count_ == capacity) throw error(error_code::INT001, "a sum has too many open nodes");
  nodes_[count_++] = node;
}

void TreeSum::append(const TreeSum& following) {
  for (int i = 0; i < following.count_; ++i) append(following.nodes_[i]);
}

double TreeSum::total() const {
  if (count_ == 0) return 0;
  if (first() != 0) throw error(error_code::INT001, "a sum does not begin at block 0");
  double sum = nodes_[count_ - 1].sum[0];
  for (int i = count_ - 1; i-- > 0;) sum = nodes_[i].sum[0] + sum;
  return canonical(sum);
}

}  // namespace minimand::run
