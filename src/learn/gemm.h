// The one seam to the matrix products of the training code: oneDNN or Eigen, chosen when the library is
// built.
#pragma once

#include <cstdint>

namespace minimand::learn {

enum class Op : char { plain, transposed };

// c = alpha op(a) op(b) + beta c, all row-major: op(a) is (m, k), op(b) is (k, n), c is (m, n); lda, ldb and
// ldc are elements from one row to the next as stored. With beta = 0, c is not read. Runs in the calling
// thread.
void gemm(Op op_a, Op op_b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a,
          std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc);
// Always by Eigen.
void gemm(Op op_a, Op op_b, std::int64_t m, std::int64_t n, std::int64_t k, double alpha, const double* a,
          std::int64_t lda, const double* b, std::int64_t ldb, double beta, double* c, std::int64_t ldc);

// What computes the single-precision products, and with which instructions: "onednn avx2". Bits change with it.
const char* gemm_name() noexcept;

}  // namespace minimand::learn
