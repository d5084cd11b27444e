// An epoch on real pictures: the multilayer and the convolutional model learn Fashion-MNIST.
#include <cstdio>

#include "cli_run.h"

namespace minimand::test {
namespace {

const std::string folder = "/usr/share/datasets/fashion-mnist/";

class CliImages : public CommandTest {
 protected:
  // Percent of the 10,000 test pictures after one epoch of a cosine schedule.
  double accuracy_after_an_epoch(const char* model) {
    const Outcome o = run({"fit", "--x", folder + "train-images-idx3-ubyte.gz", "--y", folder + "train-labels-idx1-ubyte.gz",
                           "--loss", "softmax_cross_entropy", "--model", model, "--optimizer", "adam:lr=0.002", "--schedule", "cosine",
                           "--epochs", "1", "--seed", "0", "--valid", "0", "--timing", "--test",
                           folder + "t10k-images-idx3-ubyte.gz," + folder + "t10k-labels-idx1-ubyte.gz"});
    EXPECT_EQ(o.status, 0) << o.err;
    EXPECT_NE(o.err.find(" s an epoch without measuring; "), std::string::npos) << o.err;
    double accuracy = 0;
    EXPECT_EQ(std::sscanf(o.out.c_str(), "test loss %*f\ntest accuracy %lf", &accuracy), 1) << o.out;
    return accuracy;
  }
};

TEST_F(CliImages, OneEpochOfEachModel) {
  if (::access((folder + "train-images-idx3-ubyte.gz").c_str(), R_OK) != 0) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  EXPECT_GT(accuracy_after_an_epoch("mlp:hidden=256x128"), 84);
  EXPECT_GT(accuracy_after_an_epoch("cnn:channels=16x32:hidden=128"), 86);
}

}  // namespace
}  // namespace minimand::test
