#include "libs/rpc/call.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "crm/rpctest/v1/rpctest.pb.h"
#include "libs/base/status.h"

namespace crm::rpc {
namespace {

struct Answers {
  std::shared_ptr<Call> NewCall(CallParts parts = {}) {
    parts.method = rpctest::v1::EchoRequest::descriptor()->file()->service(0)->method(0);
    return std::make_shared<Call>(std::move(parts),
                                  [this](CallResult result) { all.push_back(std::move(result)); });
  }
  std::vector<CallResult> all;
};

TEST(Call, ShowsWhatItCameWith) {
  Answers answers;
  const auto call =
      answers.NewCall({.request = "bytes",
                       .caller = "user:ann",
                       .metadata = {{"crm-read-after", "3:17"}, {"crm-read-after", "4:1"}}});
  EXPECT_EQ(call->request(), "bytes");
  EXPECT_EQ(call->caller(), "user:ann");
  EXPECT_EQ(call->Metadata("crm-read-after"), "3:17");
  EXPECT_FALSE(call->Metadata("traceparent").has_value());
  EXPECT_EQ(PathOf(call->method()), "/crm.rpctest.v1.EchoService/Echo");
}

TEST(Call, IsAnsweredOnce) {
  Answers answers;
  auto call = answers.NewCall();
  call->AddTrailer("crm-position", "3:17");
  call->Finish("reply");
  call->AddTrailer("crm-position", "too late");
  call->Finish("again");
  call->Finish(absl::InternalError("again"));
  EXPECT_FALSE(call->Override(absl::InternalError("again")));
  call.reset();
  ASSERT_EQ(answers.all.size(), 1u);
  EXPECT_TRUE(answers.all[0].status.ok());
  EXPECT_EQ(answers.all[0].reply, "reply");
  EXPECT_EQ(answers.all[0].trailers, (MetadataList{{"crm-position", "3:17"}}));
}

TEST(Call, DroppedWithoutAnswerIsInternal) {
  Answers answers;
  answers.NewCall().reset();
  ASSERT_EQ(answers.all.size(), 1u);
  EXPECT_EQ(answers.all[0].status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(base::ReasonOf(answers.all[0].status), "CALL_DROPPED");
}

TEST(Call, OverrideComesBeforeTheHandler) {
  Answers answers;
  const auto call = answers.NewCall();
  EXPECT_FALSE(call->cancelled());
  EXPECT_TRUE(call->Override(absl::UnavailableError("bye")));
  EXPECT_TRUE(call->cancelled());
  call->Finish("late");
  ASSERT_EQ(answers.all.size(), 1u);
  EXPECT_EQ(answers.all[0].status, absl::UnavailableError("bye"));
}

TEST(CallDeathTest, ARefusalIsNotOk) {
  Answers answers;
  const auto call = answers.NewCall();
  EXPECT_DEATH(call->Finish(absl::OkStatus()), "has a reply");
  call->Finish("reply");
}

}  // namespace
}  // namespace crm::rpc
