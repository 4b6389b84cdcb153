// The only place that registers methods with gRPC, and the only one that uses what gRPC keeps for
// its generated code (grpc::internal): a service made from descriptors, with raw bytes in and out.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "libs/rpc/intake.h"

namespace crm::rpc {

class RpcService final : public grpc::Service {
 public:
  // Both must outlive the service, and the service the server.
  RpcService(const std::vector<std::unique_ptr<ServedMethod>>& methods, Intake& intake);
};

// Answers every path that nobody serves: UNIMPLEMENTED, with details.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  explicit UnknownMethods(std::unique_ptr<MethodMetrics> metrics);
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  const std::unique_ptr<MethodMetrics> metrics_;
};

}  // namespace crm::rpc
