#include "libs/base/status.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

TEST(Status, InvalidNamesItsField) {
  const absl::Status status = Invalid("customer.kind", "must be given");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(status), "customer.kind");
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
}

TEST(Status, UnavailableHasAReason) {
  const absl::Status status = Unavailable("QUEUE_FULL", "try again", absl::Milliseconds(50));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
}

}  // namespace
}  // namespace crm::base
