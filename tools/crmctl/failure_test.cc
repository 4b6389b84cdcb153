#include "tools/crmctl/failure.h"

#include <gmock/gmock.h>

#include "crm/sales/v1/reason.pb.h"
#include "libs/base/status.h"

namespace crm::crmctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ExitCodeOf, EveryClassHasItsOwn) {
  using Code = absl::StatusCode;
  const std::vector<std::pair<Code, int>> codes = {
      {Code::kOk, 0},
      {Code::kInvalidArgument, 3},
      {Code::kOutOfRange, 3},
      {Code::kNotFound, 4},
      {Code::kFailedPrecondition, 5},
      {Code::kAborted, 5},
      {Code::kAlreadyExists, 5},
      {Code::kPermissionDenied, 6},
      {Code::kUnauthenticated, 6},
      {Code::kUnavailable, 7},
      {Code::kDeadlineExceeded, 7},
      {Code::kInternal, 1},
      {Code::kUnknown, 1},
      {Code::kUnimplemented, 1},
      {Code::kDataLoss, 1},
      {Code::kCancelled, 1},
      {Code::kResourceExhausted, 1},
  };
  for (const auto& [code, exit] : codes) {
    EXPECT_EQ(ExitCodeOf(code), exit) << absl::StatusCodeToString(code);
  }
  EXPECT_EQ(ExitCodeOf(Usage("x")), 2);
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
}

TEST(Explain, AShapeNamesItsField) {
  EXPECT_THAT(Explain(base::Invalid("order.revenue", "must not be negative"), "en"),
              ::testing::AllOf(HasSubstr("crmctl: INVALID_ARGUMENT: "),
                               HasSubstr("\n  field order.revenue: must not be negative\n"),
                               Not(HasSubstr("reason"))));
}

TEST(Explain, ARuleSaysItsReasonInTheReadersLanguage) {
  const absl::Status refused =
      base::Refused(sales::v1::REASON_ORDER_CANCELLED, "the order is cancelled", {{"order", "o1"}});
  const std::string english = Explain(refused, "en");
  const std::string chinese = Explain(refused, "zh-CN");
  EXPECT_THAT(english, HasSubstr("crmctl: FAILED_PRECONDITION: the order is cancelled\n"));
  EXPECT_THAT(english, HasSubstr("  reason: ORDER_CANCELLED (crm.sales.v1) order=o1\n"));
  EXPECT_THAT(english, HasSubstr("  that is: "));
  EXPECT_THAT(chinese, HasSubstr("  that is: "));
  EXPECT_NE(english, chinese);
}

TEST(Explain, SaysWhenToTryAgainAndNothingToTheTerminal) {
  EXPECT_THAT(Explain(base::Unavailable("QUEUE_FULL", "full", absl::Milliseconds(500)), "en"),
              HasSubstr("  try again in: 0.5 s\n"));
  EXPECT_EQ(Explain(absl::NotFoundError("a\x1b[2Jb"), "en"), "crmctl: NOT_FOUND: a [2Jb\n");
  EXPECT_EQ(Explain(Usage("what?"), "en"), "crmctl: what?\n");
}

}  // namespace
}  // namespace crm::crmctl
