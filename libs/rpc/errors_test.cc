#include "libs/rpc/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "crm/rpctest/v1/rpctest.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/base/status.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status wire;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  EXPECT_EQ(wire.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(wire.message(), status.error_message());
  return wire;
}

std::vector<std::string> TypesOf(const google::rpc::Status& wire) {
  std::vector<std::string> types;
  for (const auto& detail : wire.details()) types.push_back(detail.type_url());
  return types;
}

google::rpc::ErrorInfo InfoOf(const google::rpc::Status& wire) {
  google::rpc::ErrorInfo info;
  EXPECT_FALSE(wire.details().empty());
  EXPECT_TRUE(wire.details(0).UnpackTo(&info));
  return info;
}

TEST(Errors, OkHasNoDetails) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpc(absl::OkStatus()).error_details(), "");
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(Errors, RefusalCarriesReasonAndBothLanguages) {
  const absl::Status refused =
      base::Refused(rpctest::v1::REASON_SHOP_CLOSED, "come again", {{"opens", "9:00"}});
  const google::rpc::Status wire = DetailsOf(ToGrpc(refused));
  EXPECT_THAT(TypesOf(wire), ElementsAre("type.googleapis.com/google.rpc.ErrorInfo",
                                         "type.googleapis.com/google.rpc.LocalizedMessage",
                                         "type.googleapis.com/google.rpc.LocalizedMessage"));
  EXPECT_EQ(InfoOf(wire).reason(), "SHOP_CLOSED");
  EXPECT_EQ(InfoOf(wire).domain(), "crm.rpctest.v1");
  EXPECT_EQ(InfoOf(wire).metadata().at("opens"), "9:00");
  google::rpc::LocalizedMessage en, zh;
  ASSERT_TRUE(wire.details(1).UnpackTo(&en));
  ASSERT_TRUE(wire.details(2).UnpackTo(&zh));
  EXPECT_EQ(en.locale(), "en");
  EXPECT_EQ(zh.locale(), "zh-CN");
  EXPECT_EQ(zh.message(), "商店已关门。");
  EXPECT_EQ(FromGrpc(ToGrpc(refused)), refused);
}

TEST(Errors, EveryStatusOfOursComesBackEqual) {
  for (const absl::Status& status :
       {base::Invalid("customer.phones[2]", "must be E.164"),
        base::Unavailable("QUEUE_FULL", "try again", absl::Milliseconds(50)),
        base::Failed(absl::StatusCode::kNotFound, "NO_SUCH_RESOURCE", "no such resource",
                     {{"name", "customers/c1"}})}) {
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status) << status;
  }
}

TEST(Errors, AFailureWithoutReasonGetsOne) {
  const google::rpc::Status wire = DetailsOf(ToGrpc(absl::DataLossError("gone")));
  EXPECT_EQ(InfoOf(wire).reason(), "DATA_LOSS");
  EXPECT_EQ(InfoOf(wire).domain(), "crm");
  const absl::Status received = FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no route"));
  EXPECT_EQ(base::ReasonOf(received), "UNAVAILABLE");
}

TEST(Errors, UnreadableDetailsAreLeftOut) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", "\xFF\xFF"));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::ReasonOf(status), "NOT_FOUND");
}

TEST(Errors, SeveralDetailsOfOneTypeAreKept) {
  google::rpc::Status wire;
  wire.set_code(9);
  for (int i = 0; i < 3; ++i) {
    google::rpc::Help help;
    help.add_links()->set_url(absl::StrCat("https://example.com/", i));
    wire.add_details()->PackFrom(help);
  }
  const absl::Status status = FromGrpc(
      grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "see there", wire.SerializeAsString()));
  EXPECT_EQ(DetailsOf(ToGrpc(status)).details_size(), 4) << status;
}

TEST(Errors, NoAnswerOutgrowsTheTrailers) {
  absl::Status status = base::Invalid("field", std::string(3 * kErrorDetailsBytesMax, 'x'));
  grpc::Status wire = ToGrpc(status);
  EXPECT_LE(wire.error_details().size(), kErrorDetailsBytesMax);
  EXPECT_LE(wire.error_message().size(), kErrorTextBytesMax);
  EXPECT_EQ(InfoOf(DetailsOf(wire)).reason(), "INVALID_FIELD");

  const std::string long_value(2 * kErrorDetailsBytesMax, 'x');
  wire = ToGrpc(
      base::Failed(absl::StatusCode::kInternal, "LONG", "too long", {{"value", long_value}}));
  EXPECT_LE(wire.error_details().size(), kErrorDetailsBytesMax);
  EXPECT_EQ(InfoOf(DetailsOf(wire)).reason(), "INTERNAL");
}

TEST(Errors, NoTextLeavesThatIsNotUtf8) {
  EXPECT_EQ(ToGrpc(absl::InternalError("a\xFF")).error_message(), "a?");
  const std::string text = absl::StrCat(std::string(kErrorTextBytesMax - 1, 'x'), "客");
  EXPECT_THAT(ToGrpc(absl::InternalError(text)).error_message(), EndsWith("x"));
}

}  // namespace
}  // namespace crm::rpc
