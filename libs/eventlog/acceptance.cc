#include "libs/eventlog/acceptance.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace crm::eventlog {

std::string FormatFence(int64_t fence) { return absl::StrFormat("%020d", fence); }

int64_t ParseFence(std::string_view text) {
  int64_t fence = 0;
  const bool digits = text.size() == 20 && std::all_of(text.begin(), text.end(),
                                                       [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || !absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &fence)) return -1;
  return fence;
}

int64_t NumberOf(std::string_view id) {
  constexpr size_t kDigitsMax = 18;
  const size_t dash = id.rfind('-');
  if (dash == std::string_view::npos) return -1;
  const std::string_view digits = id.substr(dash + 1);
  if (digits.empty() || digits.size() > kDigitsMax) return -1;
  int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

Verdict Acceptance::Judge(const Record& record) {
  const int64_t fence = ParseFence(record.HeaderOr("ce_fence"));
  if (record.HeaderOr("ce_type") == kClaimType) {
    if (fence <= fence_) return Verdict::kRejected;
    fence_ = fence;
    number_ = 0;
    return Verdict::kClaim;
  }
  if (fence < 1 || fence != fence_) return Verdict::kRejected;
  const int64_t number = NumberOf(record.HeaderOr("ce_id"));
  if (number < 0) return Verdict::kAccepted;
  if (number <= number_) return Verdict::kRejected;
  number_ = number;
  return Verdict::kAccepted;
}

}  // namespace crm::eventlog
