// Client side of a method that streams its responses.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/rpc/client.h"

namespace crm::rpc {

// One stream, on a connection of its own. Of one thread, but for Cancel. Its destructor cancels it.
class IncomingStream {
 public:
  // Sends the request and returns once it is on its way, or refused. Without a deadline in
  // `options` it goes on until either side ends it. Nothing is retried.
  IncomingStream(const std::string& target, std::string_view path, std::string request,
                 CallOptions options = {});
  ~IncomingStream();
  IncomingStream(const IncomingStream&) = delete;
  IncomingStream& operator=(const IncomingStream&) = delete;

  // The next message; waits for it. nullopt: the stream has ended, or none came for so long. No
  // message is taken off the connection unless it is asked for here.
  std::optional<std::string> Next(absl::Duration patience = absl::InfiniteDuration());

  bool ended() const;
  // How it ended; OK until then.
  const absl::Status& status() const;
  // The trailing metadata; empty until it has ended.
  const MetadataList& trailers() const;
  // Any thread.
  void Cancel();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crm::rpc
