// Refusals as absl::Status, with the google.rpc details a program needs to act on them.
//
// Message texts are constant, so that errors can be counted and searched; what varies goes into
// metadata. Details ride as payloads under their type URL; libs/rpc puts them on the wire.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace crm::base {

using Metadata = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// INVALID_ARGUMENT with a BadRequest violation: `field` is the path as the caller wrote it,
// "customer.phones[2]". `description` says what would be right.
absl::Status Invalid(std::string_view field, std::string_view description);

// FAILED_PRECONDITION by a rule of the domain: ErrorInfo {reason without its REASON_ prefix, domain
// = the enum's package} and LocalizedMessage in en and zh-CN from the value's `text` option.
absl::Status RefusedByDescriptor(const google::protobuf::EnumValueDescriptor& reason,
                                 std::string_view text, Metadata metadata);
template <class ReasonEnum>
absl::Status Refused(ReasonEnum reason, std::string_view text, Metadata metadata = {}) {
  return RefusedByDescriptor(
      *google::protobuf::GetEnumDescriptor<ReasonEnum>()->FindValueByNumber(reason), text,
      metadata);
}

// A status of `code` with ErrorInfo {reason, domain "crm.engine"}: for what the engine itself says.
absl::Status Failed(absl::StatusCode code, std::string_view reason, std::string_view text,
                    Metadata metadata = {});

// NOT_FOUND: no resource has the name, which stands in the metadata.
absl::Status NotFound(std::string_view name);

// UNAVAILABLE with RetryInfo: nothing was begun, or the same request_id settles what became of it.
absl::Status Unavailable(std::string_view reason, std::string_view text,
                         absl::Duration retry_after);

// The status with more metadata in its ErrorInfo; one without ErrorInfo as it is.
absl::Status WithMetadata(absl::Status status, Metadata metadata);

// What the metadata of its ErrorInfo say under the key; empty when they do not.
std::string MetadataOf(const absl::Status& status, std::string_view key);
// The ErrorInfo reason of a status ("OPPORTUNITY_CLOSED"); empty when it has none.
std::string ReasonOf(const absl::Status& status);
// The ErrorInfo of a status for a person: "OTHER_LOG (crm.engine) partition=0 why=...", keys in
// order; empty when it has none.
std::string ErrorInfoText(const absl::Status& status);
// All of it in a line, for logs: "FAILED_PRECONDITION: <message> [<ErrorInfoText>]". What
// Status::ToString says of details is bytes.
std::string StatusText(const absl::Status& status);
// The first BadRequest field of a status; empty when it has none.
std::string FieldOf(const absl::Status& status);

}  // namespace crm::base
