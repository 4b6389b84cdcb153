// What an update request changes, and the etag that it takes: pure, for rules and views.
//
//   const absl::StatusOr<FieldMask> changed = engine::ChangedFields(request.customer(),
//   request.update_mask(), state); if (!changed.ok()) return changed.status(); if
//   (changed->paths().empty()) return std::nullopt;   // Already so.
//   ... the event carries *changed and the new values; Evolve folds it with
//   base::ApplyMask(changed, values, state).
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace crm::engine {

// The fields that `mask` means and whose values in `resource` differ from those in `state`, none
// twice, in the order of the mask. "*" means every field that an update may change; an empty mask
// those of them that are set in `resource` (in messages of the resource's own package: the fields
// set in them). OUTPUT_ONLY fields are passed over there. INVALID_ARGUMENT naming the field: an
// IMMUTABLE one would change. `resource` and `state` are of one type; the engine has checked that
// the paths of the mask exist.
absl::StatusOr<google::protobuf::FieldMask> ChangedFields(const google::protobuf::Message& resource,
                                                          const google::protobuf::FieldMask& mask,
                                                          const google::protobuf::Message& state);

// The etag of a resource after this many events, counted from 1: what the engine stamps. A foreign
// table can say with it which version of another service's resource it holds.
std::string EtagOf(int64_t revision);

// Takes off what the engine stamps on a state (name, etag, create and update time), so that an
// event does not carry what its record says.
void ClearStamps(google::protobuf::Message& state);

}  // namespace crm::engine
