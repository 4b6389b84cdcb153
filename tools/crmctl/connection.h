// Connection: calls with what every call of one command line shares.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/rpc/client.h"
#include "libs/rpc/client_stream.h"
#include "tools/crmctl/message.h"

namespace crm::crmctl {

struct ConnectionOptions {
  std::string server = "127.0.0.1:50051";
  // Who asks: metadata crm-actor; empty: the server's default.
  std::string actor;
  // A position token to read after; empty: none.
  std::string read_after;
  bool read_barrier = false;
  absl::Duration timeout = absl::Seconds(10);
};

// 32 random hexadecimal digits.
std::string RandomId();
// Fills in a random request_id where the message has such a field and it is empty.
void FillRequestId(google::protobuf::Message& request);

class Connection {
 public:
  explicit Connection(ConnectionOptions options);

  // Calls and waits. The position token of the answer is kept.
  absl::StatusOr<MessagePtr> Call(const google::protobuf::MethodDescriptor& method,
                                  const google::protobuf::Message& request);
  // Begins a stream, which has no time-out.
  std::unique_ptr<rpc::IncomingStream> Open(const google::protobuf::MethodDescriptor& method,
                                            const google::protobuf::Message& request);
  // Starts a call; `done` runs on another thread, and must neither block nor destroy this.
  void Start(const google::protobuf::MethodDescriptor& method, std::string request,
             std::function<void(rpc::CallReply)> done);
  // The trailing metadata crm-position of the last answer of Call; empty: it had none.
  const std::string& position() const { return position_; }
  const ConnectionOptions& options() const { return options_; }

 private:
  rpc::CallOptions CallOptions() const;

  const ConnectionOptions options_;
  std::string position_;
  rpc::Channel channel_;
};

}  // namespace crm::crmctl
