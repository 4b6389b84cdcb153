// The acceptance rule: which records of a partition count. The same for every reader, from the log
// alone.
//
//   a claim counts    if and only if  its epoch is higher than the highest so far
//   any other record  if and only if  its ce_fence equals the highest claimed epoch
//                     and its number, if it has one, is higher than all that counted under that
//                     claim (0 at first)
//
// A claim is a record whose ce_type is crm.eventlog.v1.PartitionClaimed; its epoch is its ce_fence.
// The number of a record is what its ce_id ends with: 1 to 18 decimal digits behind the last '-'.
// An owner numbers all that it writes, and Kafka's producers may write a record twice. Others have
// no number: what crmctl writes counts by the fence alone.
// The rule looks at these headers only, before any value is parsed. What does not count changes
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

// Number of the record with this ce_id; -1: it has none.
int64_t NumberOf(std::string_view id);

enum class Verdict { kClaim, kAccepted, kRejected };

// Folds the rule over one partition's records, from the first on (or from what was stored).
class Acceptance {
 public:
  explicit Acceptance(int64_t fence = 0, int64_t number = 0) : fence_(fence), number_(number) {}

  // Decides one record. A claim that counts raises the fence, another record the number.
  Verdict Judge(const Record& record);
  // Highest claimed epoch; 0 before the first claim.
  int64_t fence() const { return fence_; }
  // Highest that counted under that claim; 0 before the first.
  int64_t number() const { return number_; }

 private:
  int64_t fence_;
  int64_t number_;
};

}  // namespace crm::eventlog
