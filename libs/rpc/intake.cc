#include "libs/rpc/intake.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/rpc/call_bytes.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/wire.h"

namespace crm::rpc {
namespace {

absl::Status TooLarge(std::string_view reason, std::string_view text, int64_t limit) {
  return base::Failed(absl::StatusCode::kResourceExhausted, reason, text,
                      {{"bytes_max", absl::StrCat(limit)}});
}

// The wait that gRPC clients are told, in place of their own. Not a short one: four retries at the
// same distance would be over before the keys of a replica that is gone are served again, where the
// growing waits of the published policy outlast that.
std::optional<int64_t> PushbackMillis(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return std::nullopt;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.RetryInfo");
  google::rpc::RetryInfo retry;
  if (!payload.has_value() || !retry.ParseFromString(std::string(*payload))) return std::nullopt;
  const int64_t millis =
      retry.retry_delay().seconds() * 1'000 + retry.retry_delay().nanos() / 1'000'000;
  return millis < absl::ToInt64Milliseconds(kPushbackMin) ? std::nullopt
                                                          : std::optional<int64_t>(millis);
}

}  // namespace

class Intake::Reactor final : public grpc::ServerUnaryReactor {
 public:
  Reactor(Intake& intake, const ServedMethod& served, grpc::CallbackServerContext* context,
          grpc::ByteBuffer* reply)
      : intake_(intake),
        served_(served),
        context_(context),
        reply_(reply),
        started_(intake.options_.clock->SinceBoot()) {
    intake_.in_flight_.Increment();
  }

  // Before the reactor is given to gRPC. False when the call may not run: it is answered then.
  bool Enter(const std::shared_ptr<Call>& call) {
    call_ = call;
    cut_ = std::make_shared<Cut>([context = context_] { context->TryCancel(); });
    // Before: another thread may answer as soon as the call is there.
    entered_ = true;
    if (absl::Status s = intake_.live_calls_.Enter(call, cut_, place_); !s.ok()) {
      entered_ = false;
      call->Finish(std::move(s));
      return false;
    }
    return true;
  }

  // Exactly once, from any thread. The reactor may be gone when it returns.
  void Answer(CallResult result) {
    if (result.status.ok() && result.reply.size() > static_cast<size_t>(kReplyBytesMax)) {
      result.status = TooLarge("REPLY_TOO_LARGE",
                               "the reply is longer than clients take; "
                               "ask for fewer or smaller things",
                               kReplyBytesMax);
    }
    if (result.status.ok() && entered_ && result.reply.size() >= kUnsentBytesCounted &&
        !intake_.live_calls_.Answering(place_, result.reply.size())) {
      result.status = base::Unavailable("REPLIES_UNSENT",
                                        "too many callers do not take their replies", kRetryAfter);
    }
    SendTrailers(served_, result, *context_);
    if (result.status.ok()) {
      grpc::ByteBuffer buffer = BufferOf(std::move(result.reply));
      reply_->Swap(&buffer);
    }
    served_.metrics->Count(result.status.code(), intake_.options_.clock->SinceBoot() - started_);
    intake_.in_flight_.Decrement();
    Finish(ToGrpc(result.status));
  }

  void OnCancel() override {
    if (std::shared_ptr<Call> call = call_.lock()) {
      call->Override(base::Failed(absl::StatusCode::kCancelled, "CANCELLED",
                                  "the caller no longer waits; a command may still take effect"));
    }
  }

  void OnDone() override {
    if (entered_) {
      cut_->Gone();
      intake_.live_calls_.Leave(place_);
    }
    delete this;
  }

 private:
  Intake& intake_;
  const ServedMethod& served_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const reply_;
  const absl::Duration started_;
  std::weak_ptr<Call> call_;
  std::shared_ptr<Cut> cut_;
  LiveCalls::Place place_;
  bool entered_ = false;
};

Intake::Intake(const Server::Options& options, Metrics& metrics)
    : options_(options),
      in_flight_(metrics.in_flight()),
      live_calls_({options.calls_max, options.unsent_bytes_max, options.unsent_max,
                   options.streams_max, options.stream_stall_max},
                  [&metrics] { metrics.replies_cut().Increment(); }) {
  metrics.SetLimit("request_bytes", static_cast<double>(options.request_bytes_max));
  metrics.SetLimit("reply_bytes", static_cast<double>(kReplyBytesMax));
  metrics.SetLimit("unsent_bytes", static_cast<double>(options.unsent_bytes_max));
  metrics.SetLimit("unsent_seconds", absl::ToDoubleSeconds(options.unsent_max));
  metrics.SetLimit("calls", options.calls_max);
  metrics.SetLimit("streams", options.streams_max);
  metrics.SetLimit("stream_bytes", static_cast<double>(options.stream_bytes_max));
  metrics.SetLimit("stream_stall_seconds", absl::ToDoubleSeconds(options.stream_stall_max));
  metrics.SetLimit("calls_per_connection", kCallsPerConnectionMax);
  metrics.SetLimit("metadata_bytes", kMetadataBytesMax);
  metrics.SetLimit("deadline_seconds", absl::ToDoubleSeconds(options.deadline_max));
}

grpc::ServerUnaryReactor* Intake::Take(const ServedMethod& served,
                                       grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* reply) noexcept {
  auto* reactor = new Reactor(*this, served, context, reply);
  absl::StatusOr<CallParts> parts = Admit(served, *context, *request);
  if (!parts.ok()) {
    reactor->Answer({.status = parts.status()});
    return reactor;
  }
  const auto owner = std::make_shared<CallWithBytes>(
      Flatten(*request), *std::move(parts),
      // The sink runs once, and gRPC keeps the reactor until then: a plain pointer will do.
      [reactor](CallResult result) { reactor->Answer(std::move(result)); });
  std::shared_ptr<Call> call(owner, &owner->call);
  if (reactor->Enter(call)) served.method.handler(std::move(call));
  return reactor;
}

void Intake::SendTrailers(const ServedMethod& served, const CallResult& result,
                          grpc::CallbackServerContext& context) {
  const auto send = [&](const std::string& name, const std::string& value) {
    if (IsSendable(name, value)) return context.AddTrailingMetadata(name, value);
    base::Log(base::Level::kError, "a trailer that cannot be sent was left out",
              {{"method", served.path}, {"name", name}});
  };
  for (const auto& [name, value] : result.trailers) send(name, value);
  if (const auto millis = PushbackMillis(result.status); millis.has_value())
    send("grpc-retry-pushback-ms", absl::StrCat(*millis));
}

absl::StatusOr<CallParts> Intake::Admit(const ServedMethod& served,
                                        const grpc::CallbackServerContext& context,
                                        const grpc::ByteBuffer& request) const {
  CallParts parts{.method = served.method.descriptor,
                  .metadata = CopyMetadata(context.client_metadata())};
  absl::StatusOr<std::string> caller = ResolveCaller(context, parts.metadata);
  if (!caller.ok()) return caller.status();
  parts.caller = *std::move(caller);
  if (options_.authorize != nullptr) {
    absl::Status allowed = options_.authorize(parts.caller, served.permission, *parts.method);
    if (!allowed.ok()) return allowed;
  }

  const absl::Time now = options_.clock->Now();
  const bool none = context.deadline() == std::chrono::system_clock::time_point::max();
  const absl::Time asked = absl::FromChrono(context.deadline());
  const bool streams = parts.method->server_streaming();
  const auto most = streams ? absl::InfiniteDuration() : options_.deadline_max;
  const auto given = streams ? absl::InfiniteDuration() : options_.deadline_default;
  parts.deadline = none ? now + given : std::min(asked, now + most);
  if (parts.deadline <= now) {
    return base::Failed(absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED",
                        "the deadline had passed before the call arrived");
  }
  if (!request.Valid()) {
    return base::Failed(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                        "the call carries no message");
  }
  const int64_t bytes_max = options_.request_bytes_max + served.method.request_bytes_extra;
  if (request.Length() > static_cast<size_t>(bytes_max)) {
    return TooLarge("REQUEST_TOO_LARGE", "the request is too long; send less at once", bytes_max);
  }
  return parts;
}

absl::StatusOr<std::string> Intake::ResolveCaller(const grpc::CallbackServerContext& context,
                                                  const MetadataList& metadata) const {
  if (options_.resolve_caller == nullptr) return ResolveDevelopmentCaller({.metadata = metadata});
  Credentials credentials{.metadata = metadata, .peer = context.peer()};
  if (const auto auth = context.auth_context(); auth != nullptr && auth->IsPeerAuthenticated()) {
    for (const grpc::string_ref& name : auth->GetPeerIdentity()) {
      credentials.proven_names.emplace_back(name.data(), name.size());
    }
  }
  return options_.resolve_caller(credentials);
}

}  // namespace crm::rpc
