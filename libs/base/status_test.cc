#include "libs/base/status.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/wire_status.h"

namespace crm::base {
namespace {

TEST(Status, InvalidNamesItsField) {
  const absl::Status status = Invalid("customer.kind", "must be given");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(status), "customer.kind");
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
}

TEST(Status, MetadataAreAddedAndRead) {
  const absl::Status status =
      WithMetadata(Invalid("customer.kind", "must be given"), {{"custom_field", "colour"}});
  EXPECT_EQ(FieldOf(status), "customer.kind");
  EXPECT_EQ(MetadataOf(status, "field"), "customer.kind");
  EXPECT_EQ(MetadataOf(status, "custom_field"), "colour");
  EXPECT_EQ(MetadataOf(status, "none"), "");
  const absl::Status bare = absl::InvalidArgumentError("x");
  EXPECT_EQ(WithMetadata(bare, {{"a", "b"}}), bare);
  EXPECT_EQ(MetadataOf(bare, "a"), "");
}

TEST(Status, UnavailableHasAReason) {
  const absl::Status status = Unavailable("QUEUE_FULL", "try again", absl::Milliseconds(50));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
}

TEST(Status, ItsTextIsForPeople) {
  const absl::Status status = Failed(absl::StatusCode::kFailedPrecondition, "OTHER_LOG",
                                     "another log", {{"why", "shorter"}, {"partition", "0"}});
  EXPECT_EQ(ErrorInfoText(status), "OTHER_LOG (crm.engine) partition=0 why=shorter");
  EXPECT_EQ(StatusText(status),
            "FAILED_PRECONDITION: another log [OTHER_LOG (crm.engine) partition=0 why=shorter]");
  EXPECT_EQ(StatusText(absl::NotFoundError("no such topic")), "NOT_FOUND: no such topic");
  EXPECT_EQ(StatusText(absl::OkStatus()), "OK");
}

TEST(WireStatus, ManyDetailsOfOneTypeKeepTheirOrder) {
  google::rpc::Status wire;
  wire.set_code(3);
  wire.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  for (int i = 0; i < 30; ++i) {
    wire.add_details()->set_type_url("type.googleapis.com/google.rpc.Help");
    wire.mutable_details(i + 1)->set_value(std::to_string(i));
  }
  EXPECT_EQ(ToWire(FromWire(wire)).SerializeAsString(), wire.SerializeAsString());
}

}  // namespace
}  // namespace crm::base
