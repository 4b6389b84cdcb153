#include "services/customer/read/operations.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/operation.pb.h"
#include "google/rpc/code.pb.h"
#include "libs/base/status.h"
#include "services/customer/domain/transfer_counts.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

using google::longrunning::Operation;
using MessagePtr = std::unique_ptr<google::protobuf::Message>;

constexpr std::string_view kPrefix = "operations/";
constexpr int kPageDefault = 50, kPageMax = 1'000;

// What all resources that are operations have.
template <class Row>
Operation Begun(const Row& row, std::string state, v1::OperationMetadata metadata) {
  Operation operation;
  operation.set_name(absl::StrCat("operations/", row.name()));
  metadata.set_target(row.name());
  metadata.set_state(std::move(state));
  *metadata.mutable_create_time() = row.create_time();
  if (row.has_end_time()) *metadata.mutable_end_time() = row.end_time();
  operation.mutable_metadata()->PackFrom(metadata);
  return operation;
}

void EndWith(google::rpc::Code code, const std::string& message, Operation& operation) {
  operation.set_done(true);
  operation.mutable_error()->set_code(code);
  operation.mutable_error()->set_message(message);
}

std::string Short(const std::string& value, const std::string& prefix) {
  return value.substr(std::min(prefix.size(), value.size()));
}

Operation OfImport(const v1::Import& import) {
  v1::OperationMetadata metadata;
  const bool running = import.has_run_time();
  metadata.set_done_rows(running ? import.ran().rows() : import.checked().rows());
  metadata.set_total_rows(running ? import.checked().good_rows() : 0);
  Operation operation =
      Begun(import, Short(v1::ImportState_Name(import.state()), "IMPORT_STATE_"), metadata);
  if (import.state() == v1::IMPORT_STATE_DONE) {
    operation.set_done(true);
    operation.mutable_response()->PackFrom(import);
  } else if (import.state() == v1::IMPORT_STATE_FAILED) {
    EndWith(google::rpc::FAILED_PRECONDITION, import.failure().text().en(), operation);
  } else if (import.state() == v1::IMPORT_STATE_CANCELLED) {
    EndWith(google::rpc::CANCELLED, import.cancel_reason(), operation);
  }
  return operation;
}

Operation OfExport(const v1::Export& exported) {
  v1::OperationMetadata metadata;
  metadata.set_done_rows(exported.result().rows());
  metadata.set_total_rows(exported.result().rows());
  Operation operation =
      Begun(exported, Short(v1::ExportState_Name(exported.state()), "EXPORT_STATE_"), metadata);
  if (exported.state() == v1::EXPORT_STATE_DONE || exported.state() == v1::EXPORT_STATE_EXPIRED) {
    operation.set_done(true);
    operation.mutable_response()->PackFrom(exported);
  } else if (exported.state() == v1::EXPORT_STATE_FAILED) {
    EndWith(google::rpc::FAILED_PRECONDITION, exported.failure().text().en(), operation);
  } else if (exported.state() == v1::EXPORT_STATE_CANCELLED) {
    EndWith(google::rpc::CANCELLED, exported.cancel_reason(), operation);
  }
  return operation;
}

Operation OfTransfer(const v1::Transfer& transfer) {
  v1::OperationMetadata metadata;
  const v1::TransferCounts sum = SumOf(transfer);
  const bool undoing = transfer.has_undo_start_time();
  metadata.set_done_rows(undoing ? sum.returned_count() + sum.kept_count()
                                 : sum.moved_count() + sum.refused_count());
  metadata.set_total_rows(undoing ? sum.moved_count() : transfer.item_count());
  Operation operation =
      Begun(transfer, Short(v1::TransferState_Name(transfer.state()), "TRANSFER_STATE_"), metadata);
  if (transfer.state() == v1::TRANSFER_STATE_DONE ||
      transfer.state() == v1::TRANSFER_STATE_UNDONE) {
    operation.set_done(true);
    operation.mutable_response()->PackFrom(transfer);
  } else if (transfer.state() == v1::TRANSFER_STATE_CANCELLED) {
    EndWith(google::rpc::CANCELLED, transfer.cancel_reason(), operation);
  }
  return operation;
}

Operation OfScan(const v1::DuplicateScan& scan) {
  v1::OperationMetadata metadata;
  metadata.set_done_rows(scan.progress().scanned_customer_count());
  metadata.set_total_rows(scan.customer_count());
  Operation operation = Begun(
      scan, Short(v1::DuplicateScanState_Name(scan.state()), "DUPLICATE_SCAN_STATE_"), metadata);
  if (scan.state() == v1::DUPLICATE_SCAN_STATE_DONE) {
    operation.set_done(true);
    operation.mutable_response()->PackFrom(scan);
  } else if (scan.state() == v1::DUPLICATE_SCAN_STATE_CANCELLED) {
    EndWith(google::rpc::CANCELLED, scan.cancel_reason(), operation);
  }
  return operation;
}

using Visit = std::function<bool(Operation)>;

struct Kind {
  std::string collection;  // "imports/".
  std::function<std::optional<Operation>(const std::string& name, const engine::Snapshot&)> get;
  // Those behind the name, in the order of names.
  std::function<void(const std::string& after, const engine::Snapshot&, const Visit&)> scan;
  std::function<MessagePtr(const std::string& name)> cancel;
};

// A kind: where its resources lie, how one reads as an operation, the command that ends one.
template <class Cancel, class Row>
Kind KindOf(std::string collection, const table::TableSpec<Row>& table,
            Operation (*read)(const Row&)) {
  return {std::move(collection),
          [&table, read](const std::string& name,
                         const engine::Snapshot& snapshot) -> std::optional<Operation> {
            const auto row = snapshot.Get(table, name);
            if (!row.has_value()) return std::nullopt;
            return read(*row);
          },
          [&table, read](const std::string& after, const engine::Snapshot& snapshot,
                         const Visit& visit) {
            Row place;
            place.set_name(after);
            snapshot.ScanAfter(table, "", place, [&](const Row& row) { return visit(read(row)); });
          },
          [](const std::string& name) -> MessagePtr {
            auto cancel = std::make_unique<Cancel>();
            cancel->set_name(name);
            cancel->set_reason("its operation was cancelled");
            cancel->set_only_running(true);
            return cancel;
          }};
}

// Every kind there is, by collection.
const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = {
      KindOf<v1::CancelDuplicateScanRequest>("duplicateScans/", kDuplicateScans, OfScan),
      KindOf<v1::CancelExportRequest>("exports/", kExports, OfExport),
      KindOf<v1::CancelImportRequest>("imports/", kImports, OfImport),
      KindOf<v1::CancelTransferRequest>("transfers/", kTransfers, OfTransfer),
  };
  return kinds;
}

// The kind of an operation, and the name of its resource; nullptr when there is no such kind.
const Kind* FindKind(const std::string& operation, std::string& name) {
  if (!operation.starts_with(kPrefix)) return nullptr;
  name = operation.substr(kPrefix.size());
  for (const Kind& kind : Kinds()) {
    if (name.starts_with(kind.collection)) return &kind;
  }
  return nullptr;
}

absl::StatusOr<Operation> Read(const std::string& name, const engine::Snapshot& snapshot) {
  std::string resource;
  const Kind* kind = FindKind(name, resource);
  if (kind == nullptr) return base::NotFound(name);
  std::optional<Operation> operation = kind->get(resource, snapshot);
  if (!operation.has_value()) return base::NotFound(name);
  return *std::move(operation);
}

}  // namespace

absl::StatusOr<Operation> QueryOperation(const google::longrunning::GetOperationRequest& request,
                                         const engine::Snapshot& snapshot, const engine::Context&) {
  return Read(request.name(), snapshot);
}

absl::StatusOr<Operation> QueryWaitOperation(
    const google::longrunning::WaitOperationRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  return Read(request.name(), snapshot);
}

absl::StatusOr<google::longrunning::ListOperationsResponse> QueryOperations(
    const google::longrunning::ListOperationsRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  if (request.name() != "operations") return base::Invalid("name", "must be \"operations\"");
  if (request.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  std::optional<bool> done;
  if (request.filter() == "done = true") {
    done = true;
  } else if (request.filter() == "done = false") {
    done = false;
  } else if (!request.filter().empty()) {
    return base::Invalid("filter", "must be empty, \"done = true\" or \"done = false\"");
  }
  std::string after;  // The resource that the page before ended with.
  const Kind* first = &Kinds().front();
  if (!request.page_token().empty()) {
    first = FindKind(request.page_token(), after);
    if (first == nullptr) return base::Invalid("page_token", "must be as an answer gave it");
  }
  const int page =
      request.page_size() == 0 ? kPageDefault : std::min(request.page_size(), kPageMax);
  google::longrunning::ListOperationsResponse response;
  bool more = false;
  for (const Kind& kind : Kinds()) {
    if (more || &kind < first) continue;
    kind.scan(&kind == first ? after : "", snapshot, [&](Operation operation) {
      if (done.has_value() && operation.done() != *done) return true;
      more = response.operations_size() == page;
      if (!more) *response.add_operations() = std::move(operation);
      return !more;
    });
  }
  if (more)
    response.set_next_page_token(response.operations(response.operations_size() - 1).name());
  return response;
}

absl::StatusOr<MessagePtr> CancelOperation(
    const google::longrunning::CancelOperationRequest& request) {
  std::string resource;
  const Kind* kind = FindKind(request.name(), resource);
  if (kind == nullptr) return base::NotFound(request.name());
  return kind->cancel(resource);
}

absl::StatusOr<MessagePtr> DeleteOperation(const google::longrunning::DeleteOperationRequest&) {
  return base::Failed(absl::StatusCode::kUnimplemented, "OPERATION_KEPT",
                      "an operation goes with its resource, which is kept");
}

}  // namespace crm::customer
