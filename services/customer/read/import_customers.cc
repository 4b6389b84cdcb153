#include "services/customer/read/import_customers.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/read/imported.h"

namespace crm::customer {
namespace {

using MessagePtr = std::unique_ptr<google::protobuf::Message>;
using Ids = std::set<std::pair<std::string, std::string>>;

// Of the call too: what another caller asks for is another request. Of the command too: a call that
// is sent again finds what it made.
std::string RequestId(const v1::ImportCustomersRequest& request, const std::string& command,
                      const std::string& id) {
  return command + "-" + base::DeriveId({command, id, request.request_id()});
}

MessagePtr Create(const v1::ImportCustomersRow& row, const std::string& id,
                  const v1::ImportCustomersRequest& request) {
  auto create = std::make_unique<v1::CreateCustomerRequest>();
  *create->mutable_customer() = row.customer();
  create->set_initial_status(row.initial_status());
  create->set_imported(true);
  create->set_customer_id(id);
  create->set_request_id(RequestId(request, "import", id));
  create->set_validate_only(request.validate_only());
  return create;
}

MessagePtr Reimport(const v1::ImportCustomersRow& row, const std::string& id,
                    const std::string& name, const v1::ImportCustomersRequest& request) {
  auto reimport = std::make_unique<v1::ReimportCustomerRequest>();
  reimport->set_name(name);
  *reimport->mutable_customer() = row.customer();
  reimport->set_request_id(RequestId(request, "reimport", id));
  reimport->set_validate_only(request.validate_only());
  return reimport;
}

absl::StatusOr<MessagePtr> SplitRow(const v1::ImportCustomersRow& row,
                                    const v1::ImportCustomersRequest& request,
                                    const engine::Snapshot& snapshot, Ids& seen) {
  const auto& ids = row.customer().external_ids();
  if (ids.empty()) return base::Invalid("customer.external_ids", "must have at least one");
  for (int i = 0; i < ids.size(); ++i) {
    if (seen.contains({ids[i].system(), ids[i].id()})) {
      return base::Invalid(absl::StrCat("customer.external_ids[", i, "]"),
                           "stood in an earlier row");
    }
  }
  for (const auto& external_id : ids) seen.emplace(external_id.system(), external_id.id());
  const std::string id = base::IdFromExternal(ids[0].system(), ids[0].id());
  const Imported imported = FindImported(ids, id, snapshot);
  if (imported.ambiguous) {
    return base::Invalid("customer.external_ids", "must be those of one customer, not of several");
  }
  if (imported.is_new) return Create(row, id, request);
  return Reimport(row, id, imported.name, request);
}

}  // namespace

std::vector<engine::BatchItem> SplitImportCustomers(const v1::ImportCustomersRequest& request,
                                                    const engine::Snapshot& snapshot) {
  std::vector<engine::BatchItem> items;
  items.reserve(static_cast<size_t>(request.rows_size()));
  Ids seen;
  for (const v1::ImportCustomersRow& row : request.rows()) {
    absl::StatusOr<MessagePtr> command = SplitRow(row, request, snapshot, seen);
    if (!command.ok()) {
      items.push_back({command.status(), nullptr});
      continue;
    }
    items.push_back({absl::OkStatus(), *std::move(command)});
  }
  return items;
}

}  // namespace crm::customer
