// Parts of the data, evaluated anywhere and in any order, merge into the result of the whole: the same bits.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>
namespace mm = minimand;

int main() {
  std::vector<float> prediction, target;
  for (int i = 0; i < 50'000; ++i) {
    prediction.push_back(std::sin(0.37f * static_cast<float>(i)));
    target.push_back(std::cos(0.11f * static_cast<float>(i)));
  }
  const mm::Loss loss = mm::loss("log_cosh");
  const mm::Result whole = loss(prediction, target);

  // Four workers; each says where its part begins, and sends bytes.
  const std::size_t cuts[] = {0, 7'001, 20'480, 41'999, prediction.size()};
  std::vector<std::string> mail;
  for (int w = 0; w < 4; ++w) {
    const std::span<const float> x(&prediction[cuts[w]], cuts[w + 1] - cuts[w]), y(&target[cuts[w]], x.size());
    mail.push_back(loss.part(x, y, {}, static_cast<std::int64_t>(cuts[w])).to_bytes());
    std::printf("part %d: %zu elements, %zu bytes\n", w, x.size(), mail.back().size());
  }
  std::swap(mail[0], mail[2]);  // it arrives as it will

  mm::Partial joined;
  for (const std::string& bytes : mail) joined.merge(mm::Partial::from_bytes(bytes));
  const mm::Result r = joined.finish();
  std::printf("merged %.17g\nwhole  %.17g\n", r.value, whole.value);

  // A part that is missing is not passed over.
  mm::Partial holey;
  holey.merge(mm::Partial::from_bytes(mail[0]));
  bool refused = false;
  try {
    holey.finish();
  } catch (const mm::error& e) {
    refused = e.code() == mm::error_code::PRT002;
    std::printf("error[%s] %s\n", mm::name(e.code()), e.what());
  }
  return std::memcmp(&r.value, &whole.value, sizeof r.value) == 0 && r.count == whole.count && refused ? 0 : 1;
}
