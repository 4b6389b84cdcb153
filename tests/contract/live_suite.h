// The whole suite in this process, on an embedded log in a directory of its own, spoken to over
// gRPC.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "libs/app/process.h"
#include "libs/rpc/client.h"

namespace crm::contract {

// What a refusal is, without its words.
struct Refusal {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason;  // Of its ErrorInfo.
  std::string domain;  // Of its ErrorInfo: "crm", "crm.engine", "crm.sales.v1".
  std::string field;   // Of its first BadRequest violation.
  friend bool operator==(const Refusal&, const Refusal&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Refusal& refusal);
};
Refusal RefusalOf(const absl::Status& status);

class LiveSuite {
 public:
  // Starts it and waits until it is ready and its seeds are there. A failure to do so ends the test
  // program.
  LiveSuite();
  ~LiveSuite();
  LiveSuite(const LiveSuite&) = delete;

  // Sends the steps of the scenario that a caller can send, and waits until their reactions are
  // done.
  void RunScenario();

  // Calls the method that takes this request. `reply`, when given, is replaced.
  absl::Status Call(const google::protobuf::Message& request,
                    google::protobuf::Message* reply = nullptr, rpc::CallOptions options = {},
                    rpc::MetadataList* trailers = nullptr);
  rpc::Channel& channel() { return *channel_; }

  // Everything that a request could change: how far each partition of each log reaches, by topic
  // and partition, and the digest of each service's tables and request memory, by topic.
  struct State {
    std::map<std::pair<std::string, int>, int64_t> log_ends;
    std::map<std::string, std::string> digests;
    int64_t Records() const;
    friend bool operator==(const State&, const State&) = default;
  };
  State Look();
  // Fresh at each call.
  std::string NewRequestId();

 private:
  // Waits until `done`, at most a minute.
  void Await(const std::string& what, const std::function<bool()>& done);
  void AwaitQuiet();

  std::string directory_;
  std::unique_ptr<app::Process> process_;
  std::unique_ptr<rpc::Channel> channel_;
  int request_ids_ = 0;
};

}  // namespace crm::contract
