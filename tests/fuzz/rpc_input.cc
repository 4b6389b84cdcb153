// What a caller sends before its request means anything: the message's bytes, metadata, and the
// addresses of our own settings. Input: what it is, then its bytes.
#include <array>
#include <memory>
#include <string>

#include "crm/customer/v1/customer.pb.h"
#include "crm/engine/v1/engine.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_limits.h"
#include "libs/base/utf8.h"
#include "libs/rpc/call.h"
#include "libs/rpc/listen_address.h"
#include "libs/rpc/request.h"
#include "libs/rpc/wire.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using google::protobuf::Message;

void CheckRequest(const Message& prototype, std::string_view bytes) {
  const std::unique_ptr<Message> request(prototype.New());
  const absl::Status status = rpc::ParseRequest(bytes, *request);
  if (!status.ok()) return base::Check(absl::IsInvalidArgument(status), status.ToString());
  const std::string written = request->SerializeAsString();
  const std::unique_ptr<Message> again(prototype.New());
  base::Check(rpc::ParseRequest(written, *again).ok(), "what was read can be written and read");
  base::Check(again->SerializeAsString() == written, "and is the same");
  const absl::Status limits = base::ValidateLimits(*request);
  base::Check(limits.ok() || absl::IsInvalidArgument(limits), limits.ToString());
}

void CheckBuffer(std::string_view bytes) {
  const grpc::Slice slice = rpc::Flatten(rpc::BufferOf(std::string(bytes)));
  base::Check(rpc::ViewOf(slice) == bytes, "bytes come through as they are");
}

}  // namespace

void Target(std::string_view bytes) {
  static const std::array<const Message*, 4> types = {
      &customer::v1::CreateCustomerRequest::default_instance(),
      &customer::v1::ImportCustomersRequest::default_instance(),
      &sales::v1::RecordOrderRequest::default_instance(),
      &engine::v1::SubmitCommandRequest::default_instance()};
  Input input(bytes);
  const size_t what = input.Below(types.size() + 3);
  if (what < types.size()) return CheckRequest(*types.at(what), input.Rest());
  if (what == types.size()) return CheckBuffer(input.Rest());
  if (what == types.size() + 1) {
    const std::string address(input.Rest());
    if (!base::IsUtf8(address)) return;  // A setting is text.
    base::Check(rpc::CheckListenAddress(address, /*insecure_listen=*/true).ok(), address);
    const absl::Status status = rpc::CheckListenAddress(address, /*insecure_listen=*/false);
    return base::Check(status.ok() || absl::IsPermissionDenied(status), status.ToString());
  }
  const std::string name(input.Line());
  const std::string value(input.Rest());
  const rpc::MetadataList metadata = {{name, value}, {name, ""}};
  base::Check(rpc::FindMetadata(metadata, name) == value, "the first of a name is found");
  if (rpc::IsSendable(name, value)) {
    base::Check(!name.empty() && name.find(' ') == std::string::npos, "a name gRPC takes");
  }
}

}  // namespace crm::fuzz
