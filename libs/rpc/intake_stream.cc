// Streams: one request, any number of responses. The outbox has the messages; this brings them to
// gRPC, which takes one at a time.
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/call_bytes.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/intake.h"
#include "libs/rpc/wire.h"

namespace crm::rpc {

class Intake::Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  Stream(Intake& intake, const ServedMethod& served, grpc::CallbackServerContext* context)
      : intake_(intake),
        served_(served),
        context_(context),
        started_(intake.options_.clock->SinceBoot()),
        outbox_(
            std::make_shared<Outbox>(intake.options_.stream_bytes_max, *intake.options_.clock)) {
    intake_.in_flight_.Increment();
    outbox_->Connect({[this](std::string message) { WriteOne(std::move(message)); },
                      [this](const absl::Status& status) { Finish(ToGrpc(status)); }});
  }

  const std::shared_ptr<Outbox>& outbox() const { return outbox_; }

  // Before the reactor is given to gRPC. False when the call may not run: it is answered then.
  bool Enter(const std::shared_ptr<Call>& call) {
    call_ = call;
    cut_ = std::make_shared<Cut>([context = context_] { context->TryCancel(); });
    // Before: another thread may answer as soon as the call is there.
    entered_ = true;
    if (absl::Status s = intake_.live_calls_.Enter(call, cut_, place_, outbox_); !s.ok()) {
      entered_ = false;
      call->Finish(std::move(s));
      return false;
    }
    return true;
  }

  // Exactly once, from any thread. The reactor may be gone when it returns.
  void Answer(CallResult result) {
    served_.metrics->Count(result.status.code(), intake_.options_.clock->SinceBoot() - started_);
    intake_.in_flight_.Decrement();
    if (entered_) intake_.live_calls_.StreamEnded(place_, intake_.options_.clock->Now());
    SendTrailers(served_, result, *context_);
    const std::shared_ptr<Outbox> outbox = outbox_;
    if (!result.reply.empty()) outbox->Put(std::move(result.reply));
    // A refusal does not wait behind messages: whoever goes on elsewhere is sent them again.
    const bool now = !result.status.ok();
    outbox->End(std::move(result.status), now);
  }

  void OnWriteDone(bool ok) override { outbox_->Written(ok); }

  void OnCancel() override {
    if (std::shared_ptr<Call> call = call_.lock()) {
      call->Override(
          base::Failed(absl::StatusCode::kCancelled, "CANCELLED", "the caller no longer waits"));
    }
  }

  void OnDone() override {
    outbox_->Gone();
    if (entered_) {
      cut_->Gone();
      intake_.live_calls_.Leave(place_);
    }
    delete this;
  }

 private:
  void WriteOne(std::string message) {
    message_ = BufferOf(std::move(message));
    StartWrite(&message_);
  }

  Intake& intake_;
  const ServedMethod& served_;
  grpc::CallbackServerContext* const context_;
  const absl::Duration started_;
  const std::shared_ptr<Outbox> outbox_;
  grpc::ByteBuffer message_;  // That gRPC writes.
  std::weak_ptr<Call> call_;
  std::shared_ptr<Cut> cut_;
  LiveCalls::Place place_;
  bool entered_ = false;
};

grpc::ServerWriteReactor<grpc::ByteBuffer>* Intake::TakeStream(
    const ServedMethod& served, grpc::CallbackServerContext* context,
    const grpc::ByteBuffer* request) noexcept {
  auto* stream = new Stream(*this, served, context);
  absl::StatusOr<CallParts> parts = Admit(served, *context, *request);
  if (!parts.ok()) {
    stream->Answer({.status = parts.status()});
    return stream;
  }
  parts->outbox = stream->outbox();
  const auto owner = std::make_shared<CallWithBytes>(
      Flatten(*request), *std::move(parts),
      // The sink runs once, and gRPC keeps the reactor until then: a plain pointer will do.
      [stream](CallResult result) { stream->Answer(std::move(result)); });
  std::shared_ptr<Call> call(owner, &owner->call);
  if (stream->Enter(call)) served.method.handler(std::move(call));
  return stream;
}

}  // namespace crm::rpc
