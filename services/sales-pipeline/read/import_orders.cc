#include "services/sales-pipeline/read/import_orders.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/sales/v1/internal.pb.h"
#include "crm/sales/v1/orphan_order.pb.h"
#include "crm/sales/v1/reason.pb.h"
#include "libs/base/external_id.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/read/customer_refs.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using base::Invalid;
using base::Refused;
using MessagePtr = std::unique_ptr<google::protobuf::Message>;

// Digests of the rows of one call so far, by external id: the tables do not show yet what they will
// make.
using Said = std::map<std::pair<std::string, std::string>, std::string>;

// The customer a row means; nullopt when it is not known here.
absl::StatusOr<std::optional<v1::CustomerRef>> FindCustomer(const v1::OrderRow& row,
                                                            const engine::Snapshot& snapshot) {
  switch (row.buyer_case()) {
    case v1::OrderRow::kCustomer: {
      static const auto kPattern = base::NamePattern::Parse("customers/{customer}");
      if (!kPattern->Matches(row.customer())) {
        return Invalid("customer", "must be the name of a customer");
      }
      // Also when it was merged: a row means the same order before and after.
      return snapshot.Get(kCustomerRefs, row.customer());
    }
    case v1::OrderRow::kCustomerExternalId: {
      const common::v1::ExternalId& external_id = row.customer_external_id();
      absl::Status s = base::CheckExternalId("customer_external_id", external_id);
      if (!s.ok()) return s;
      const std::vector<v1::CustomerRef> found = CustomersByExternalId(snapshot, external_id);
      if (found.size() > 1) {
        return Invalid("customer_external_id", "must mean one customer, not several");
      }
      if (found.empty()) return std::nullopt;
      return found.front();
    }
    case v1::OrderRow::BUYER_NOT_SET:
      return Invalid("customer", "must be given, by name or by external id");
  }
  return Invalid("customer", "must be given, by name or by external id");
}

std::optional<v1::Order> FindOrder(const common::v1::ExternalId& external_id,
                                   const engine::Snapshot& snapshot) {
  std::optional<v1::Order> found;
  snapshot.Scan(
      kOrders, "by_external_id",
      [&](const v1::Order& order) {
        found = order;
        return false;
      },
      external_id.system(), external_id.id());
  return found;
}

absl::Status Differs() {
  return Refused(v1::REASON_ORDER_IMPORT_DIFFERS, "the external id was imported otherwise");
}

// A request id of the call too: a row that was answered for one caller is asked anew by another.
std::string OfCall(const std::string& verb, const std::string& call, const std::string& row) {
  return verb + base::Sha256Hex(base::Sha256({call, row}));
}

MessagePtr Reimport(const v1::Order& existing, const v1::OrderRow& row, const std::string& call) {
  auto command = std::make_unique<v1::ReimportOrderRequest>();
  command->set_name(existing.name());
  command->set_request_id(OfCall("reimport-", call, ImportDigest(row.order())));
  *command->mutable_order() = row.order();
  return command;
}

MessagePtr Import(const std::string& customer, const v1::OrderRow& row, const std::string& id) {
  auto command = std::make_unique<v1::ImportOrderRequest>();
  command->set_parent(customer);
  command->set_order_id(id);
  command->set_request_id("import-" + ImportDigest(row.order()));
  *command->mutable_order() = row.order();
  return command;
}

MessagePtr Adopt(const v1::CustomerRef& customer, const std::string& orphan,
                 const std::string& call) {
  auto command = std::make_unique<v1::AdoptOrphanOrderRequest>();
  command->set_name(orphan);
  *command->mutable_customer() = customer;
  command->set_request_id(OfCall("adopt-", call, customer.name()));
  return command;
}

v1::OrphanOrder OrphanOf(const v1::OrderRow& row) {
  v1::OrphanOrder orphan;
  if (row.buyer_case() == v1::OrderRow::kCustomer) {
    orphan.set_wanted_customer(row.customer());
  } else {
    *orphan.mutable_wanted_external_id() = row.customer_external_id();
  }
  *orphan.mutable_order() = row.order();
  return orphan;
}

MessagePtr ReimportOrphan(const std::string& name, const v1::OrderRow& row,
                          const std::string& call) {
  auto command = std::make_unique<v1::ReimportOrphanOrderRequest>();
  command->set_name(name);
  command->set_request_id(OfCall("reimport-", call, ImportDigest(row.order())));
  *command->mutable_orphan_order() = OrphanOf(row);
  return command;
}

MessagePtr Keep(const v1::OrderRow& row, const std::string& id) {
  auto command = std::make_unique<v1::KeepOrphanOrderRequest>();
  *command->mutable_orphan_order() = OrphanOf(row);
  command->set_orphan_order_id(id);
  command->set_request_id(
      "keep-" +
      base::Sha256Hex(base::Sha256({row.customer(), row.customer_external_id().system(),
                                    row.customer_external_id().id(), ImportDigest(row.order())})));
  return command;
}

// Whose order the row is, and what it says of it: the same for a customer by name and by external
// id once it is known.
std::string DigestOf(const v1::OrderRow& row, const std::optional<v1::CustomerRef>& customer) {
  const common::v1::ExternalId& wanted = row.customer_external_id();
  const std::string& name = customer.has_value() ? customer->name() : row.customer();
  const bool by_id = name.empty();
  return base::Sha256(
      {name, by_id ? wanted.system() : "", by_id ? wanted.id() : "", ImportDigest(row.order())});
}

absl::StatusOr<MessagePtr> CommandOf(const v1::OrderRow& row,
                                     const std::optional<v1::CustomerRef>& customer,
                                     const std::string& call, const engine::Snapshot& snapshot) {
  const common::v1::ExternalId& external_id = row.order().external_id();
  if (const std::optional<v1::Order> existing = FindOrder(external_id, snapshot)) {
    const std::string buyer =
        customer.has_value() ? StandsFor(*customer, snapshot).name() : row.customer();
    const std::string owner(base::ParentOf(existing->name()));
    const auto known = snapshot.Get(kCustomerRefs, owner);
    // An order of a customer that was merged keeps its name.
    const std::string stands = known.has_value() ? StandsFor(*known, snapshot).name() : owner;
    if (stands != buyer) return Differs();
    return Reimport(*existing, row, call);
  }
  const std::string id = base::IdFromExternal(external_id.system(), external_id.id());
  const std::optional<v1::OrphanOrder> orphan =
      snapshot.Get(kOrphanOrders, absl::StrCat("orphanOrders/", id));
  if (!orphan.has_value()) {
    return customer.has_value() ? Import(customer->name(), row, id) : Keep(row, id);
  }
  if (ImportDigest(orphan->order()) != ImportDigest(row.order())) return Differs();
  if (!customer.has_value()) return ReimportOrphan(orphan->name(), row, call);
  // Given to the customer, whose order has not come yet or was refused: only asking again tells.
  if (orphan->customer() == customer->name()) return Import(customer->name(), row, id);
  return Adopt(*customer, orphan->name(), call);
}

absl::StatusOr<MessagePtr> SplitRow(const v1::OrderRow& row, const std::string& call,
                                    const engine::Snapshot& snapshot, Said& said) {
  const common::v1::ExternalId& external_id = row.order().external_id();
  if (!row.order().has_external_id()) return Invalid("order.external_id", "must be given");
  absl::Status valid = base::CheckExternalId("order.external_id", external_id);
  if (!valid.ok()) return valid;
  const auto customer = FindCustomer(row, snapshot);
  if (!customer.ok()) return customer.status();
  const std::string digest = DigestOf(row, *customer);
  const std::pair<std::string, std::string> key{external_id.system(), external_id.id()};
  const auto earlier = said.find(key);
  if (earlier != said.end() && earlier->second != digest) return Differs();
  absl::StatusOr<MessagePtr> command = CommandOf(row, *customer, call, snapshot);
  if (command.ok()) said.emplace(key, digest);
  return command;
}

// Asks every command only to say what would come of it.
void SetValidateOnly(google::protobuf::Message& command) {
  const auto* field = command.GetDescriptor()->FindFieldByName("validate_only");
  command.GetReflection()->SetBool(&command, field, true);
}

}  // namespace

std::vector<engine::BatchItem> SplitImportOrders(const v1::ImportOrdersRequest& request,
                                                 const engine::Snapshot& snapshot) {
  std::vector<engine::BatchItem> items;
  items.reserve(static_cast<size_t>(request.rows_size()));
  Said said;
  for (const v1::OrderRow& row : request.rows()) {
    absl::StatusOr<MessagePtr> command = SplitRow(row, request.request_id(), snapshot, said);
    if (!command.ok()) {
      items.push_back({command.status(), nullptr});
      continue;
    }
    if (request.validate_only()) SetValidateOnly(**command);
    items.push_back({absl::OkStatus(), *std::move(command)});
  }
  return items;
}

}  // namespace crm::sales
