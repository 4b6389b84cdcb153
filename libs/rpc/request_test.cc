#include "libs/rpc/request.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/rpctest/v1/rpctest.pb.h"
#include "libs/base/status.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {
namespace {

using rpctest::v1::EchoRequest;

std::string Nested(int levels) {
  EchoRequest request;
  EchoRequest* inner = &request;
  for (int i = 0; i < levels; ++i) inner = inner->mutable_child();
  return request.SerializeAsString();
}

TEST(ParseRequest, ReplacesWhatWasThere) {
  EchoRequest request;
  request.mutable_child();
  EchoRequest sent;
  sent.set_text("hello");
  ASSERT_TRUE(ParseRequest(sent.SerializeAsString(), request).ok());
  EXPECT_EQ(request.text(), "hello");
  EXPECT_FALSE(request.has_child());
  ASSERT_TRUE(ParseRequest("", request).ok());
  EXPECT_EQ(request.text(), "");
}

TEST(ParseRequest, KeepsFieldsItDoesNotKnow) {
  EchoRequest request;
  const std::string unknown = "\xF8\x07\x01";  // Field 127, a varint.
  ASSERT_TRUE(ParseRequest(unknown, request).ok());
  EXPECT_EQ(request.SerializeAsString(), unknown);
}

TEST(ParseRequest, RefusesWhatIsNoMessage) {
  EchoRequest request;
  for (const std::string& bytes :
       {std::string("\xFF\xFF\xFF"),
        std::string("\x0A\x05"
                    "abc"),
        std::string("\x0A\x01\xFF"), std::string("\x04"), Nested(kNestingMax + 1)}) {
    const absl::Status status = ParseRequest(bytes, request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::ReasonOf(status), "MALFORMED_REQUEST");
  }
  EXPECT_TRUE(ParseRequest(Nested(kNestingMax - 1), request).ok());
}

}  // namespace
}  // namespace crm::rpc
