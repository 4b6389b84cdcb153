#include "libs/rpc/admin.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace crm::rpc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Sends `bytes` and returns all that comes back.
std::string Exchange(int port, const std::string& bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  std::string answer;
  char piece[4'096];
  for (ssize_t n; (n = recv(fd, piece, sizeof piece, 0)) > 0;) answer.append(piece, n);
  close(fd);
  return answer;
}

std::string Get(int port, const std::string& path, const std::string& method = "GET") {
  return Exchange(port, absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
}

TEST(Admin, ServesItsPages) {
  auto registry = std::make_shared<prometheus::Registry>();
  prometheus::BuildGauge().Name("crm_test").Help("For a test").Register(*registry).Add({}).Set(3);
  std::atomic<bool> ready = false;
  auto admin = Admin::Start({.address = "127.0.0.1:0",
                             .metrics = {registry},
                             .ready =
                                 [&] {
                                   return ready ? absl::OkStatus()
                                                : absl::UnavailableError("partition 3 catches up");
                                 },
                             .config = [] { return R"({"a": 1})"; }});
  ASSERT_TRUE(admin.ok()) << admin.status();
  const int port = (*admin)->port();
  EXPECT_THAT(Get(port, "/metrics"), HasSubstr("crm_test 3"));
  EXPECT_THAT(Get(port, "/livez"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(Get(port, "/readyz"), AllOf(StartsWith("HTTP/1.1 503 Service Unavailable"),
                                          HasSubstr("partition 3 catches up")));
  ready = true;
  EXPECT_THAT(Get(port, "/readyz"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(Get(port, "/configz"),
              AllOf(HasSubstr("application/json"), EndsWith("\r\n\r\n{\"a\": 1}")));
  EXPECT_THAT(Get(port, "/partitionsz"), EndsWith("\r\n\r\n{}"));
  EXPECT_THAT(Get(port, "/livez", "HEAD"),
              AllOf(HasSubstr("200 OK"), Not(HasSubstr("\r\n\r\nok"))));
}

TEST(Admin, RefusesTheRest) {
  auto admin = Admin::Start({.address = "localhost:0"});
  ASSERT_TRUE(admin.ok()) << admin.status();
  const int port = (*admin)->port();
  for (const char* path : {"/", "/etc/passwd", "/../../etc/passwd", "/metrics/x", "/%2e%2e/x"}) {
    EXPECT_THAT(Get(port, path), Not(HasSubstr("200 OK"))) << path;
  }
  EXPECT_THAT(Get(port, "/livez", "POST"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Get(port, "/livez", "PUT"), StartsWith("HTTP/1.1 405"));
  Exchange(port, "nonsense \xFF\r\n\r\n");
  EXPECT_THAT(Get(port, "/livez"), StartsWith("HTTP/1.1 200"));
}

TEST(Admin, DoesNotStartWhereItMustNotListen) {
  EXPECT_EQ(base::ReasonOf(Admin::Start({.address = "0.0.0.0:0"}).status()), "INSECURE_LISTEN");
  EXPECT_TRUE(Admin::Start({.address = "0.0.0.0:0", .insecure_listen = true}).ok());
  auto admin = Admin::Start({.address = "127.0.0.1:0"});
  ASSERT_TRUE(admin.ok());
  const std::string taken = absl::StrCat("127.0.0.1:", (*admin)->port());
  EXPECT_EQ(base::ReasonOf(Admin::Start({.address = taken}).status()), "CANNOT_LISTEN");
  EXPECT_EQ(
      base::ReasonOf(Admin::Start({.address = "no address", .insecure_listen = true}).status()),
      "CANNOT_LISTEN");
}

}  // namespace
}  // namespace crm::rpc
