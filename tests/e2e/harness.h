// Services as processes of their own: started, signalled, asked whether they are ready, called.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/rpc/client.h"
#include "tests/e2e/process.h"

namespace crm::e2e {

// How long a test waits for what takes a second on a quiet machine.
inline constexpr absl::Duration kPatience = absl::Seconds(60);

// "127.0.0.1:port": free a moment ago, given out once, and none that the system gives to outgoing
// connections, so that it is still free when its process was killed and starts again.
std::string FreeAddress();

// Asks, every few milliseconds, until `done` is true; fails the test after `patience`. Other
// processes cannot wake us.
bool Until(const std::string& what, const std::function<bool()>& done,
           absl::Duration patience = kPatience);

struct HttpAnswer {
  int code = 0;  // 0: nobody answered.
  std::string body;
};
HttpAnswer HttpGet(const std::string& address, const std::string& path);
HttpAnswer HttpPost(const std::string& address, const std::string& path, const std::string& body);

// The RPC that a request belongs to: every request message has one.
const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor& request);

// Calls any RPC, with the client policy that we publish.
class Client {
 public:
  // One address or several, which are taken in turn by the policy. kBalanced: the policy without
  // its retries. kNone: a call is sent once, to the first that is there, even if it is not ready.
  enum class Policy { kPublished, kBalanced, kNone };
  explicit Client(const std::vector<std::string>& addresses, Policy policy = Policy::kPublished);

  template <class Response, class Request>
  absl::StatusOr<Response> Call(const Request& request, rpc::CallOptions options = {},
                                rpc::MetadataList* trailers = nullptr) {
    Response response;
    absl::Status status =
        channel_.Call(MethodOf(*Request::descriptor()), request, response, options, trailers);
    if (!status.ok()) return status;
    return response;
  }
  // The same until the answer is neither UNAVAILABLE nor DEADLINE_EXCEEDED, which mean: send it
  // again, the request_id settles it. For at most kPatience.
  template <class Response, class Request>
  absl::StatusOr<Response> Insist(const Request& request) {
    const absl::Time end = absl::Now() + kPatience;
    rpc::CallOptions options;
    while (true) {
      absl::StatusOr<Response> response = Call<Response>(request, options);
      options.metadata = {{"crm-read-barrier", "true"}};
      const bool again =
          absl::IsUnavailable(response.status()) || absl::IsDeadlineExceeded(response.status());
      if (!again || absl::Now() > end) return response;
    }
  }

 private:
  rpc::Channel channel_;
};

// A service binary with a data directory, addresses and a log file, that can be started many times.
class Service {
 public:
  struct Options {
    std::string binary;
    std::string directory;           // For its data and its output.
    std::vector<std::string> flags;  // Besides addresses, instance and directory.
    std::string address;             // Where it listens; empty: FreeAddress().
    std::string instance;            // Its name in claims; empty: its address.
  };
  explicit Service(Options options);
  // Kills the process. After a failed test it prints the end of what the process said.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Starts it, with `environment` ("A=b") besides ours, and returns.
  void Start(const std::vector<std::string>& environment = {});
  bool WaitUntilReady();
  bool Running() { return process_.Running(); }
  pid_t pid() const { return process_.pid(); }
  void Signal(int signal) const { process_.Signal(signal); }
  // kill -9, and waits for the end.
  void Kill() { process_.Kill(); }
  // Asks it to stop, and waits; the exit code.
  int Stop();
  // The exit code, once it ends by itself; nullopt when it does not within kPatience.
  std::optional<int> WaitForEnd() { return process_.WaitForEnd(kPatience); }

  HttpAnswer Readyz() const { return HttpGet(admin_address_, "/readyz"); }
  const std::string& address() const { return address_; }
  std::string data_directory() const { return options_.directory + "/data"; }
  // What it said so far.
  std::string Output() const;
  Client& client() { return *client_; }

 private:
  const Options options_;
  const std::string address_;
  const std::string admin_address_;
  Process process_;
  std::unique_ptr<Client> client_;
};

// Flags that put a service on a Kafka broker of one node, with replicas whose name is their
// address.
std::vector<std::string> OnBroker(const std::string& bootstrap);

// What a service says of a topic's partitions, in their order; empty when it does not answer.
std::vector<engine::v1::PartitionStatus> Partitions(Service& service, const std::string& topic);
// The same through a client without the policy, which asks services that are not ready, too.
std::vector<engine::v1::PartitionStatus> Partitions(Client& client, const std::string& topic);

// Waits until both stand at the same positions of `topic` with equal tables; the digest, or empty,
// and a failure.
std::string EqualDigests(Service& one, Service& other, const std::string& topic);
// The digest of one service at a moment when nothing changes.
std::string DigestOf(Service& service, const std::string& topic);

}  // namespace crm::e2e
