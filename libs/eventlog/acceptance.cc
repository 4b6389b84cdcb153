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

Verdict Acceptance::Judge(const Record& record) {
  const int64_t fence = ParseFence(record.HeaderOr("ce_fence"));
  if (record.HeaderOr("ce_type") == kClaimType) {
    if (fence <= fence_) return Verdict::kRejected;
    fence_ = fence;
    return Verdict::kClaim;
  }
  return fence > 0 && fence == fence_ ? Verdict::kAccepted : Verdict::kRejected;
}

}  // namespace crm::eventlog
