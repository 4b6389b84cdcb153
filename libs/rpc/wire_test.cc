#include "libs/rpc/wire.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/rpc/listen_address.h"

namespace crm::rpc {
namespace {

TEST(Wire, BytesComeBackWhateverTheirLength) {
  for (const size_t size : {0, 1, 23, 24, 2'047, 2'048, 1'000'000}) {
    const std::string bytes(size, 'x');
    EXPECT_EQ(ViewOf(Flatten(BufferOf(bytes))), bytes) << size;
  }
  EXPECT_EQ(Flatten(grpc::ByteBuffer()).size(), 0u);
}

TEST(Wire, PiecesAreJoined) {
  const grpc::Slice pieces[] = {grpc::Slice(std::string("one")), grpc::Slice(std::string("two"))};
  const grpc::Slice joined = Flatten(grpc::ByteBuffer(pieces, 2));
  EXPECT_EQ(ViewOf(joined), "onetwo");
}

TEST(Wire, NothingIsSentThatGrpcWouldAbortOver) {
  EXPECT_TRUE(IsSendable("crm-position", "3:17"));
  EXPECT_TRUE(IsSendable("crm-x-bin", "\xFF"));
  EXPECT_FALSE(IsSendable("", "x"));
  EXPECT_FALSE(IsSendable("Crm", "x"));
  EXPECT_FALSE(IsSendable("a b", "x"));
  EXPECT_FALSE(IsSendable(":path", "x"));
  EXPECT_FALSE(IsSendable("grpc-status", "0"));
  EXPECT_FALSE(IsSendable("crm-x", "a\nb"));
  EXPECT_FALSE(IsSendable("crm-x", "\xC3\xA4"));
}

TEST(ListenAddress, OnlyLoopbackWithoutAsking) {
  for (const char* address : {"127.0.0.1:1", "127.9.9.9:0", "localhost:1", "[::1]:1", "unix:/x"}) {
    EXPECT_TRUE(CheckListenAddress(address, false).ok()) << address;
  }
  for (const char* address :
       {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1.example.com:1", "localhost.example.com:1",
        "dns:///localhost:1", "ipv4:0.0.0.0:1", ":1", "1", "", "127.1:1", "[::ffff:10.0.0.1]:1"}) {
    EXPECT_EQ(CheckListenAddress(address, false).code(), absl::StatusCode::kPermissionDenied)
        << address;
    EXPECT_TRUE(CheckListenAddress(address, true).ok()) << address;
  }
}

}  // namespace
}  // namespace crm::rpc
