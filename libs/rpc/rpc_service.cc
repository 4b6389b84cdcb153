#include "libs/rpc/rpc_service.h"

// gRPC 1.51 has these under codegen/, in this order; later releases have them one level up.
#if __has_include(<grpcpp/impl/server_callback_handlers.h>)
#include <grpcpp/impl/proto_utils.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/server_callback_handlers.h>
#else
// clang-format off
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
// clang-format on
#endif

#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"

namespace crm::rpc {

RpcService::RpcService(const std::vector<std::unique_ptr<ServedMethod>>& methods, Intake& intake) {
  using grpc::internal::RpcMethod;
  using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  using StreamHandler =
      grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  for (int i = 0; i < static_cast<int>(methods.size()); ++i) {
    const ServedMethod& served = *methods[i];
    // gRPC owns method and handler, and keeps the pointer to the path.
    if (served.method.descriptor->server_streaming()) {
      AddMethod(new grpc::internal::RpcServiceMethod(served.path.c_str(),
                                                     RpcMethod::SERVER_STREAMING, nullptr));
      MarkMethodRawCallback(
          i, new StreamHandler([&served, &intake](grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request) {
            return intake.TakeStream(served, context, request);
          }));
      continue;
    }
    AddMethod(new grpc::internal::RpcServiceMethod(served.path.c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(i, new Handler([&served, &intake](grpc::CallbackServerContext* context,
                                                            const grpc::ByteBuffer* request,
                                                            grpc::ByteBuffer* reply) {
                            return intake.Take(served, context, request, reply);
                          }));
  }
}

UnknownMethods::UnknownMethods(std::unique_ptr<MethodMetrics> metrics)
    : metrics_(std::move(metrics)) {}

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  class Refusal final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Refusal(const absl::Status& status) { Finish(ToGrpc(status)); }
    void OnDone() override { delete this; }
  };
  metrics_->Count(absl::StatusCode::kUnimplemented, absl::ZeroDuration());
  return new Refusal(base::Failed(absl::StatusCode::kUnimplemented, "UNKNOWN_METHOD",
                                  "this server has no such method",
                                  {{"path", context->method().substr(0, 256)}}));
}

}  // namespace crm::rpc
