#include "libs/rpc/errors.h"

#include <string>

#include "google/rpc/status.pb.h"
#include "libs/base/utf8.h"
#include "libs/base/wire_status.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {
namespace {

// ErrorInfo is first and so goes last; one that is too long by itself is replaced by the default
// one: a failure without any is not to be had.
void CutDetails(google::rpc::Status& wire) {
  if (wire.ByteSizeLong() <= kErrorDetailsBytesMax) return;
  while (wire.details_size() > 1 && wire.ByteSizeLong() > kErrorDetailsBytesMax) {
    wire.mutable_details()->RemoveLast();
  }
  if (wire.ByteSizeLong() <= kErrorDetailsBytesMax) return;
  *wire.mutable_details() =
      base::ToWire(absl::Status(static_cast<absl::StatusCode>(wire.code()), "")).details();
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status wire = base::ToWire(status);
  const absl::string_view text = status.message();
  wire.set_message(base::ToUtf8({text.data(), text.size()}, kErrorTextBytesMax));
  CutDetails(wire);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), wire.message(),
                      wire.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  if (!wire.ParseFromString(status.error_details())) wire.Clear();
  // What gRPC says of code and text counts, should the details say otherwise.
  wire.set_code(status.error_code());
  wire.set_message(status.error_message());
  return base::FromWire(wire);
}

}  // namespace crm::rpc
