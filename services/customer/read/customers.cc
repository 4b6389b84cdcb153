#include "services/customer/read/customers.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

void AddToCount(v1::CustomerStatus status, int partition, int64_t more, engine::Rows& rows) {
  v1::StatusCount count = rows.Get(kStatusCounts, status, partition).value_or(v1::StatusCount());
  count.set_status(status);
  count.set_partition(partition);
  count.set_customer_count(count.customer_count() + more);
  if (count.customer_count() == 0) {
    rows.Delete(kStatusCounts, status, partition);
  } else {
    rows.Put(kStatusCounts, count);
  }
}

std::unique_ptr<v1::CreateCustomerRequest> Create(const v1::ImportCustomersRow& row,
                                                  const std::string& id, bool validate_only) {
  auto create = std::make_unique<v1::CreateCustomerRequest>();
  *create->mutable_customer() = row.customer();
  create->set_initial_status(row.initial_status());
  create->set_customer_id(id);
  create->set_request_id("import-" + base::DeriveId({"import", id, row.SerializeAsString()}));
  create->set_validate_only(validate_only);
  return create;
}

std::unique_ptr<v1::UpdateCustomerRequest> Update(const v1::ImportCustomersRow& row,
                                                  const std::string& name,
                                                  const v1::ImportCustomersRequest& request) {
  auto update = std::make_unique<v1::UpdateCustomerRequest>();
  *update->mutable_customer() = row.customer();
  update->mutable_customer()->set_name(name);
  update->mutable_customer()->clear_etag();
  update->set_request_id("import-" + base::DeriveId({"import", name, request.request_id()}));
  update->set_validate_only(request.validate_only());
  return update;
}

}  // namespace

void ProjectStatusCounts(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  if (change.before != nullptr) {
    if (change.before->status() == change.after.status()) return;
    AddToCount(change.before->status(), change.meta.partition, -1, rows);
  }
  AddToCount(change.after.status(), change.meta.partition, +1, rows);
}

std::vector<engine::BatchItem> SplitImportCustomers(const v1::ImportCustomersRequest& request,
                                                    const engine::Snapshot& snapshot) {
  std::vector<engine::BatchItem> items;
  std::set<std::string> seen;
  for (int i = 0; i < request.rows_size(); ++i) {
    const v1::ImportCustomersRow& row = request.rows(i);
    engine::BatchItem& item = items.emplace_back();
    if (row.customer().external_ids().empty()) {
      item.refusal = base::Invalid(absl::StrCat("rows[", i, "].customer.external_ids"),
                                   "must have at least one");
      continue;
    }
    const auto& external_id = row.customer().external_ids(0);
    const std::string id = base::IdFromExternal(external_id.system(), external_id.id());
    if (!seen.insert(id).second) {
      item.refusal = base::Invalid(absl::StrCat("rows[", i, "].customer.external_ids[0]"),
                                   "stood in an earlier row");
      continue;
    }
    const std::string name = "customers/" + id;
    if (snapshot.Get(kCustomers, name).has_value()) {
      item.command = Update(row, name, request);
    } else {
      item.command = Create(row, id, request.validate_only());
    }
  }
  return items;
}

}  // namespace crm::customer
