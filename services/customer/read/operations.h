// google.longrunning.Operations over everything that goes on for a while: imports, exports,
// transfers, searches for duplicates. An operation is a reading of the resource it is of,
// "operations/imports/x" of "imports/x": it has no state of its own, so it cannot differ, and lives
// through restarts as that does.
//
// A kind more is a line in operations.cc.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "google/longrunning/operations.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// kNotFound when there is no such resource. Done: `response` is the resource; failed or cancelled:
// `error`. `metadata`: OperationMetadata.
absl::StatusOr<google::longrunning::Operation> QueryOperation(
    const google::longrunning::GetOperationRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

// As it is now, at once: the API allows that, and who waits asks again.
absl::StatusOr<google::longrunning::Operation> QueryWaitOperation(
    const google::longrunning::WaitOperationRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

// Of the name "operations", kind by kind, by name. kInvalidArgument for another name, a page token
// that is none, or a filter other than "", "done = true" and "done = false".
absl::StatusOr<google::longrunning::ListOperationsResponse> QueryOperations(
    const google::longrunning::ListOperationsRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

// The command that ends what an operation is of. kNotFound for another name.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> CancelOperation(
    const google::longrunning::CancelOperationRequest& request);

// kUnimplemented: an operation goes with its resource, which the log keeps.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> DeleteOperation(
    const google::longrunning::DeleteOperationRequest& request);

}  // namespace crm::customer
