// Matrix products by oneDNN (single precision, where it was found) and Eigen.
#include "learn/gemm.h"

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <minimand/error.hpp>
#include <string>

#ifdef MINIMAND_GEMM_ONEDNN
#include <dnnl.h>

#include "learn/one_thread.h"
#endif

namespace minimand::learn {
namespace {

template <class T>
void eigen(Op op_a, Op op_b, std::int64_t m, std::int64_t n, std::int64_t k, T alpha, const T* a,
           std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Input = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
  const bool ta = op_a == Op::transposed, tb = op_b == Op::transposed;
  const Input x(a, ta ? k : m, ta ? m : k, Eigen::OuterStride<>(lda));
  const Input y(b, tb ? n : k, tb ? k : n, Eigen::OuterStride<>(ldb));
  Eigen::Map<Matrix, 0, Eigen::OuterStride<>> z(c, m, n, Eigen::OuterStride<>(ldc));
  if (beta == 0)
    z.setZero();
  else if (beta != 1)
    z *= beta;
  if (ta && tb)
    z.noalias() += alpha * x.transpose() * y.transpose();
  else if (ta)
    z.noalias() += alpha * x.transpose() * y;
  else if (tb)
    z.noalias() += alpha * x * y.transpose();
  else
    z.noalias() += alpha * x * y;
}

}  // namespace

void gemm(Op op_a, Op op_b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a,
          std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc) {
  if (m == 0 || n == 0) return;
#ifdef MINIMAND_GEMM_ONEDNN
  const OneThread guard;
  const auto letter = [](Op op) { return op == Op::plain ? 'N' : 'T'; };
  if (dnnl_sgemm(letter(op_a), letter(op_b), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) != dnnl_success)
    throw error(error_code::INT001, "oneDNN refused a matrix product");
#else
  eigen(op_a, op_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
#endif
}

void gemm(Op op_a, Op op_b, std::int64_t m, std::int64_t n, std::int64_t k, double alpha, const double* a,
          std::int64_t lda, const double* b, std::int64_t ldb, double beta, double* c, std::int64_t ldc) {
  if (m == 0 || n == 0) return;
  eigen(op_a, op_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

const char* gemm_name() noexcept {
#ifdef MINIMAND_GEMM_ONEDNN
  switch (dnnl_get_effective_cpu_isa()) {
    case dnnl_cpu_isa_sse41:
      return "onednn sse41";
    case dnnl_cpu_isa_avx:
      return "onednn avx";
    case dnnl_cpu_isa_avx2:
    case dnnl_cpu_isa_avx2_vnni:
      return "onednn avx2";
    default:
      return dnnl_get_effective_cpu_isa() >= dnnl_cpu_isa_avx512_core ? "onednn avx512" : "onednn";
  }
#else
  static const std::string name = std::string("eigen ") + Eigen::SimdInstructionSetsInUse();
  return name.c_str();
#endif
}

}  // namespace minimand::learn
