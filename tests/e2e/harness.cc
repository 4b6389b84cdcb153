#include "tests/e2e/harness.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace crm::e2e {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kAskEvery = absl::Milliseconds(10);
constexpr int kTailLines = 40;
constexpr char kBalancedConfig[] =
    R"({"loadBalancingConfig":[{"round_robin":{}}],"healthCheckConfig":{"serviceName":""}})";
// Below what Linux gives to outgoing connections.
constexpr int kFirstPort = 12000;
constexpr int kLastPort = 31999;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool IsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return free;
}

int PortOf(const std::string& address) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.find(':') + 1), &port)) << address;
  return port;
}

}  // namespace

std::string FreeAddress() {
  static std::mt19937 random{std::random_device()()};
  static std::vector<int> given;
  std::uniform_int_distribution<int> any(kFirstPort, kLastPort);
  while (true) {
    const int port = any(random);
    if (std::find(given.begin(), given.end(), port) != given.end() || !IsFree(port)) continue;
    given.push_back(port);
    return absl::StrCat("127.0.0.1:", port);
  }
}

bool Until(const std::string& what, const std::function<bool()>& done, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  while (absl::Now() < end) {
    if (done()) return true;
    absl::Notification().WaitForNotificationWithTimeout(kAskEvery);
  }
  ADD_FAILURE() << "waited in vain: " << what;
  return false;
}

namespace {

HttpAnswer Http(const std::string& address, const std::string& head, const std::string& body) {
  HttpAnswer answer;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{2, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const sockaddr_in to = Loopback(PortOf(address));
  std::string text;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) {
    const std::string request =
        absl::StrCat(head, " HTTP/1.1\r\nHost: ", address, "\r\nContent-Length: ", body.size(),
                     "\r\nConnection: close\r\n\r\n", body);
    send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[4096];
    for (ssize_t n; (n = recv(fd, buffer, sizeof(buffer), 0)) > 0;) text.append(buffer, n);
  }
  close(fd);
  const std::vector<std::string> line = absl::StrSplit(text, absl::MaxSplits(' ', 2));
  if (line.size() == 3 && !absl::SimpleAtoi(line[1], &answer.code)) answer.code = 0;
  const size_t blank = text.find("\r\n\r\n");
  if (blank != std::string::npos) answer.body = text.substr(blank + 4);
  return answer;
}

}  // namespace

HttpAnswer HttpGet(const std::string& address, const std::string& path) {
  return Http(address, "GET " + path, "");
}

HttpAnswer HttpPost(const std::string& address, const std::string& path, const std::string& body) {
  return Http(address, "POST " + path, body);
}

const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor& request) {
  const google::protobuf::FileDescriptor& file = *request.file();
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      const google::protobuf::MethodDescriptor& method = *file.service(i)->method(j);
      if (method.input_type() == &request) return method;
    }
  }
  std::cerr << request.full_name() << " belongs to no RPC of its file\n";
  std::abort();
}

Client::Client(const std::vector<std::string>& addresses, Policy policy)
    : channel_([&] {
        rpc::Channel::Options options;
        options.target = absl::StrCat("ipv4:", absl::StrJoin(addresses, ","));
        options.user_agent = "e2e";
        if (policy == Policy::kBalanced) options.service_config = kBalancedConfig;
        if (policy == Policy::kNone) options.service_config.clear();
        return options;
      }()) {}

Service::Service(Options options)
    : options_(std::move(options)),
      address_(options_.address.empty() ? FreeAddress() : options_.address),
      admin_address_(FreeAddress()),
      client_(std::make_unique<Client>(std::vector<std::string>{address_})) {
  fs::create_directories(options_.directory);
}

Service::~Service() {
  Kill();
  if (!::testing::Test::HasFailure()) return;
  const std::vector<std::string> lines = absl::StrSplit(Output(), '\n');
  std::cerr << "---- the end of what " << options_.binary << " (" << address_ << ") said:\n";
  const size_t first = lines.size() > kTailLines ? lines.size() - kTailLines : 0;
  for (size_t i = first; i < lines.size(); ++i) std::cerr << lines[i] << "\n";
}

void Service::Start(const std::vector<std::string>& environment) {
  std::vector<std::string> arguments = {options_.binary,
                                        "--listen-address",
                                        address_,
                                        "--admin-address",
                                        admin_address_,
                                        "--instance",
                                        options_.instance.empty() ? address_ : options_.instance,
                                        "--data-dir",
                                        data_directory()};
  arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  process_.Start(arguments, options_.directory + "/output", environment);
}

bool Service::WaitUntilReady() {
  return Until(absl::StrCat(options_.binary, " is ready"), [this] { return Readyz().code == 200; });
}

int Service::Stop() {
  Signal(SIGTERM);
  return WaitForEnd().value_or(-1);
}

std::string Service::Output() const {
  std::ostringstream text;
  text << std::ifstream(options_.directory + "/output").rdbuf();
  return text.str();
}

std::vector<std::string> OnBroker(const std::string& bootstrap) {
  return {"--log",
          "kafka",
          "--kafka-brokers",
          bootstrap,
          "--kafka-replication-factor",
          "1",
          "--kafka-min-insync-replicas",
          "1",
          "--replica-address",
          "{instance}"};
}

std::vector<engine::v1::PartitionStatus> Partitions(Service& service, const std::string& topic) {
  return Partitions(service.client(), topic);
}

std::vector<engine::v1::PartitionStatus> Partitions(Client& client, const std::string& topic) {
  std::vector<engine::v1::PartitionStatus> partitions;
  rpc::CallOptions options;
  options.deadline = absl::Now() + absl::Seconds(5);
  const auto answer =
      client.Call<engine::v1::ListPartitionsResponse>(engine::v1::ListPartitionsRequest(), options);
  if (!answer.ok()) return partitions;
  for (const auto& partition : answer->partitions()) {
    if (partition.topic() == topic) partitions.push_back(partition);
  }
  return partitions;
}

namespace {

std::string Text(const google::protobuf::RepeatedPtrField<engine::v1::PartitionPosition>& all) {
  std::string text;
  for (const auto& position : all)
    absl::StrAppend(&text, position.partition(), ":", position.next_offset(), " ");
  return text;
}

struct Digest {
  std::string positions;  // Empty: it stands for no position.
  std::string digest;
};

Digest ComputeDigest(Service& service, const std::string& topic) {
  engine::v1::ComputeDigestRequest request;
  request.set_topic(topic);
  const auto answer = service.client().Call<engine::v1::ComputeDigestResponse>(request);
  if (!answer.ok() || Text(answer->before()) != Text(answer->after())) return {};
  return {Text(answer->before()), answer->digest()};
}

}  // namespace

std::string EqualDigests(Service& one, Service& other, const std::string& topic) {
  Digest a;
  Digest b;
  const bool level = Until("two replicas at the same positions", [&] {
    a = ComputeDigest(one, topic);
    b = ComputeDigest(other, topic);
    return !a.positions.empty() && a.positions == b.positions;
  });
  if (!level) return "";
  // Rows from other topics come in on their own: equal positions here do not say that those are.
  const bool equal = a.digest == b.digest || Until("two replicas with equal tables", [&] {
                       a = ComputeDigest(one, topic);
                       b = ComputeDigest(other, topic);
                       return a.positions == b.positions && a.digest == b.digest;
                     });
  return equal ? a.digest : "";
}

std::string DigestOf(Service& service, const std::string& topic) {
  Digest digest;
  Until("a digest at one position", [&] {
    digest = ComputeDigest(service, topic);
    return !digest.positions.empty();
  });
  return digest.digest;
}

}  // namespace crm::e2e
