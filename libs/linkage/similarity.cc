#include "libs/linkage/similarity.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace crm::linkage {
namespace {

constexpr size_t kPrefixMax = 4;
constexpr double kPrefixWeight = 0.1;
constexpr double kBoostAbove = 0.7;

double Jaro(std::u32string_view a, std::u32string_view b) {
  const size_t longest = std::max(a.size(), b.size());
  const size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
  absl::InlinedVector<bool, 64> a_matched(a.size(), false), b_matched(b.size(), false);
  size_t matches = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t end = std::min(i + window + 1, b.size());
    for (size_t j = i > window ? i - window : 0; j < end; ++j) {
      if (b_matched[j] || a[i] != b[j]) continue;
      a_matched[i] = b_matched[j] = true;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0;
  size_t out_of_order = 0;
  for (size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!a_matched[i]) continue;
    while (!b_matched[j]) ++j;
    if (a[i] != b[j]) ++out_of_order;
    ++j;
  }
  const double m = static_cast<double>(matches);
  const double transpositions = static_cast<double>(out_of_order / 2);
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
          (m - transpositions) / m) /
         3;
}

}  // namespace

double JaroWinkler(std::u32string_view a, std::u32string_view b) {
  if (a == b) return 1;
  const double jaro = Jaro(a, b);
  if (jaro <= kBoostAbove) return jaro;
  const size_t most = std::min({a.size(), b.size(), kPrefixMax});
  size_t prefix = 0;
  while (prefix < most && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * kPrefixWeight * (1 - jaro);
}

int DamerauLevenshtein(std::u32string_view a, std::u32string_view b) {
  const size_t width = b.size() + 2;
  const int far = static_cast<int>(a.size() + b.size());
  // Cell (i + 1, j + 1) is the distance of the first i and the first j characters; row and column 0
  // stand for a swap with what is not there.
  absl::InlinedVector<int, 400> cells((a.size() + 2) * width, far);
  for (size_t i = 0; i <= a.size(); ++i) cells[(i + 1) * width + 1] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) cells[width + j + 1] = static_cast<int>(j);
  // In which row each character of `a` was last met.
  absl::InlinedVector<std::pair<char32_t, size_t>, 32> last_rows;
  const auto last_row = [&](char32_t c) -> size_t {
    for (const auto& [character, row] : last_rows) {
      if (character == c) return row;
    }
    return 0;
  };
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t last_column = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t row = last_row(b[j - 1]), column = last_column;
      const bool equal = a[i - 1] == b[j - 1];
      if (equal) last_column = j;
      const int swapped =
          cells[row * width + column] + static_cast<int>(i - row - 1 + j - column - 1) + 1;
      cells[(i + 1) * width + j + 1] =
          std::min({cells[i * width + j] + (equal ? 0 : 1), cells[(i + 1) * width + j] + 1,
                    cells[i * width + j + 1] + 1, swapped});
    }
    const auto known = std::find_if(last_rows.begin(), last_rows.end(),
                                    [&](const auto& entry) { return entry.first == a[i - 1]; });
    if (known != last_rows.end()) {
      known->second = i;
    } else {
      last_rows.emplace_back(a[i - 1], i);
    }
  }
  return cells.back();
}

}  // namespace crm::linkage
