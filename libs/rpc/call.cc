#include "libs/rpc/call.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"

namespace crm::rpc {

std::optional<std::string_view> FindMetadata(const MetadataList& metadata, std::string_view name) {
  for (const auto& [key, value] : metadata) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string PathOf(const google::protobuf::MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

Call::Call(CallParts parts, Sink sink) : parts_(std::move(parts)), sink_(std::move(sink)) {
  base::Check(parts_.method != nullptr, "a call is of a method");
  base::Check(sink_ != nullptr, "a call has somewhere to put its answer");
}

int Call::PreviousAttempts() const {
  const std::string_view text = Metadata("grpc-previous-rpc-attempts").value_or("");
  int attempts = 0;
  return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &attempts) ? attempts : 0;
}

Call::~Call() {
  if (!TakeTurn()) return;
  base::Log(base::Level::kError, "a call was dropped without an answer",
            {{"method", parts_.method->full_name()}});
  sink_({.status = base::Failed(absl::StatusCode::kInternal, "CALL_DROPPED",
                                "the server lost track of the call")});
}

void Call::AddTrailer(std::string name, std::string value) {
  if (finished_.load(std::memory_order_relaxed)) return;
  trailers_.emplace_back(std::move(name), std::move(value));
}

bool Call::Send(std::string message) {
  base::Check(parts_.outbox != nullptr, "only a stream has several messages");
  return parts_.outbox->Put(std::move(message));
}

void Call::OnRoom(std::function<void()> wake) {
  base::Check(parts_.outbox != nullptr, "only a stream has several messages");
  parts_.outbox->OnRoom(std::move(wake));
}

void Call::Finish(absl::Status status) {
  base::Check(!status.ok(), "an answer that is OK has a reply");
  if (!TakeTurn()) return;
  sink_({.status = std::move(status), .trailers = std::move(trailers_)});
}

void Call::Finish(std::string reply) {
  if (!TakeTurn()) return;
  sink_({.reply = std::move(reply), .trailers = std::move(trailers_)});
}

bool Call::Override(absl::Status status) {
  if (!TakeTurn()) return false;
  Cancel();
  // The handler's thread may be adding to the trailers just now: they are left alone.
  sink_({.status = std::move(status)});
  return true;
}

bool Call::TakeTurn() { return !finished_.exchange(true, std::memory_order_acq_rel); }

}  // namespace crm::rpc
