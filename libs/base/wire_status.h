// absl::Status with google.rpc payloads <-> google.rpc.Status, for replies that carry a status as a
// value.
//
// Payload keys are "type.googleapis.com/<message>", with "#<anything>" behind when there are
// several of one type (LocalizedMessage "#en" and "#zh-CN"): cut on the wire and made again from
// it.
#pragma once

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace crm::base {

// Every failure leaves with an ErrorInfo first: one {reason: name of the code, domain: "crm"} is
// added where it has none. The other details follow in the order of their keys.
google::rpc::Status ToWire(const absl::Status& status);

// Details that a status keeps beside its ErrorInfo: each costs a look at all before it.
inline constexpr int kStatusDetailsMax = 100;

// The other way; a failure without ErrorInfo gets one as above. Details beyond kStatusDetailsMax
// are left out.
absl::Status FromWire(const google::rpc::Status& wire);

}  // namespace crm::base
