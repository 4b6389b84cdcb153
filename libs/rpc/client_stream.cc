#include "libs/rpc/client_stream.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/wire.h"

namespace crm::rpc {
namespace {

std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   static_cast<int>(absl::ToInt64Milliseconds(kClientPing)));
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

class IncomingStream::Impl {
 public:
  Impl(const std::string& target, std::string_view path, std::string request,
       const CallOptions& options)
      : channel_(Connect(target)), stub_(channel_) {
    for (const auto& [name, value] : options.metadata) {
      if (!IsSendable(name, value)) {
        ended_ = true;
        status_ = base::Failed(absl::StatusCode::kInvalidArgument, "BAD_METADATA",
                               "gRPC does not take this piece of metadata", {{"name", name}});
        return;
      }
      context_.AddMetadata(name, value);
    }
    if (options.deadline != absl::InfiniteFuture())
      context_.set_deadline(absl::ToChronoTime(options.deadline));
    context_.set_wait_for_ready(options.wait_for_ready);
    call_ = stub_.PrepareCall(&context_, std::string(path), &queue_);
    call_->StartCall(this);
    bool goes = Await();
    if (goes) {
      call_->WriteLast(BufferOf(std::move(request)), {}, this);
      goes = Await();
    }
    if (!goes) End();
  }

  ~Impl() {
    if (!ended_) {
      context_.TryCancel();
      if (reading_) Await();
      End();
    }
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<std::string> Next(absl::Duration patience) {
    if (ended_) return std::nullopt;
    if (!std::exchange(reading_, true)) call_->Read(&message_, this);
    void* tag = nullptr;
    bool ok = false;
    const auto came = queue_.AsyncNext(&tag, &ok,
                                       patience == absl::InfiniteDuration()
                                           ? std::chrono::system_clock::time_point::max()
                                           : absl::ToChronoTime(absl::Now() + patience));
    if (came == grpc::CompletionQueue::TIMEOUT) return std::nullopt;
    reading_ = false;
    if (came == grpc::CompletionQueue::GOT_EVENT && ok)
      return std::string(ViewOf(Flatten(message_)));
    End();
    return std::nullopt;
  }

  bool ended() const { return ended_; }
  const absl::Status& status() const { return status_; }
  const MetadataList& trailers() const { return trailers_; }
  void Cancel() { context_.TryCancel(); }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }
  void End() {
    grpc::Status status;
    call_->Finish(&status, this);
    Await();
    ended_ = true;
    status_ = FromGrpc(status);
    trailers_ = CopyMetadata(context_.GetServerTrailingMetadata());
  }

  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer message_;
  bool reading_ = false;
  bool ended_ = false;
  absl::Status status_;
  MetadataList trailers_;
};

IncomingStream::IncomingStream(const std::string& target, std::string_view path,
                               std::string request, CallOptions options)
    : impl_(std::make_unique<Impl>(target, path, std::move(request), options)) {}
IncomingStream::~IncomingStream() = default;

std::optional<std::string> IncomingStream::Next(absl::Duration patience) {
  return impl_->Next(patience);
}
bool IncomingStream::ended() const { return impl_->ended(); }
const absl::Status& IncomingStream::status() const { return impl_->status(); }
const MetadataList& IncomingStream::trailers() const { return impl_->trailers(); }
void IncomingStream::Cancel() { impl_->Cancel(); }

}  // namespace crm::rpc
