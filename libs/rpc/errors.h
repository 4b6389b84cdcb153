// Errors on the wire: absl::Status with google.rpc payloads <-> grpc::Status with a
// google.rpc.Status in its details (the "grpc-status-details-bin" trailer). The only header of this
// room that shows gRPC.
//
// Payload keys are "type.googleapis.com/<message>", with "#<anything>" behind when there are
// several of one type: LocalizedMessage "#en" and "#zh-CN". The suffix is cut on the wire and made
// again from it.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace crm::rpc {

// Every failure leaves with an ErrorInfo: one {reason: name of the code, domain: "crm"} is added
// where it has none. ErrorInfo comes first, the others in the order of their keys. Text and details
// over kErrorTextBytesMax and kErrorDetailsBytesMax are cut, ErrorInfo last; invalid UTF-8 in the
// text becomes '?'.
grpc::Status ToGrpc(const absl::Status& status);

// The other way; a failure without ErrorInfo (gRPC's own) gets one as above. Details that cannot be
// read are left out.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace crm::rpc
