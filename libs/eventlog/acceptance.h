// The acceptance rule: which records of a partition count. The same for every reader, from the log
// alone.
//
//   a claim counts    if and only if  its epoch is higher than the highest so far
//   any other record  if and only if  its ce_fence equals the highest claimed epoch
//
// A claim is a record whose ce_type is crm.eventlog.v1.PartitionClaimed; its epoch is its ce_fence.
// The rule looks at these two headers only, before any value is parsed. What does not count changes
// nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/eventlog/record.h"

namespace crm::eventlog {

inline constexpr std::string_view kClaimType = "crm.eventlog.v1.PartitionClaimed";

// 20 decimal digits, zero-padded: sorts as text.
std::string FormatFence(int64_t fence);
// -1 when the text is not exactly 20 digits or too large.
int64_t ParseFence(std::string_view text);

enum class Verdict { kClaim, kAccepted, kRejected };

// Folds the rule over one partition's records, from the first on (or from a stored fence).
class Acceptance {
 public:
  explicit Acceptance(int64_t fence = 0) : fence_(fence) {}

  // Decides one record; a claim that counts raises the fence.
  Verdict Judge(const Record& record);
  // Highest claimed epoch; 0 before the first claim.
  int64_t fence() const { return fence_; }

 private:
  int64_t fence_;
};

}  // namespace crm::eventlog
