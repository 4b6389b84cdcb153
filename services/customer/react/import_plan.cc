#include "services/customer/react/import_plan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/external_id.h"
#include "libs/base/field_limits.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/imported.h"
#include "services/customer/read/merge_guard.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ExternalIds = google::protobuf::RepeatedPtrField<common::v1::ExternalId>;

std::set<std::string> ContactsOf(const ExternalIds& ids, const engine::Snapshot& snapshot) {
  std::set<std::string> names;
  for (const auto& id : ids) {
    snapshot.Scan(
        kContacts, "by_external_id",
        [&](const v1::Contact& contact) {
          const bool same =
              std::any_of(contact.external_ids().begin(), contact.external_ids().end(),
                          [&](const auto& other) { return base::SameExternalId(other, id); });
          if (same) names.insert(SurvivorOf(contact.name(), snapshot));
          return names.size() < 2;
        },
        id.id());
  }
  return names;
}

// The id of what the row makes.
std::string NewId(const v1::Import& import, const ImportRow& row, const ExternalIds& ids) {
  if (!ids.empty()) return base::IdFromExternal(ids[0].system(), ids[0].id());
  return base::DeriveId({"import row", import.name(), absl::StrCat(row.line)});
}

absl::Status Ambiguous() {
  return base::Refused(v1::REASON_ROW_AMBIGUOUS, "the external ids are those of several");
}

RowPlan PlanCustomer(const v1::Import& import, const ImportRow& row,
                     const engine::Snapshot& snapshot) {
  const auto& customer = static_cast<const v1::Customer&>(*row.resource);
  const std::string id = NewId(import, row, customer.external_ids());
  Imported imported = FindImported(customer.external_ids(), id, snapshot);
  if (imported.ambiguous) return {.refusal = Ambiguous()};
  RowPlan plan;
  plan.target = std::move(imported.name);
  if (!imported.is_new) {
    auto reimport = std::make_unique<v1::ReimportCustomerRequest>();
    reimport->set_name(plan.target);
    *reimport->mutable_customer() = customer;
    plan.command = std::move(reimport);
    return plan;
  }
  auto create = std::make_unique<v1::CreateCustomerRequest>();
  create->set_customer_id(id);
  create->set_initial_status(import.initial_status());
  create->set_imported(true);
  *create->mutable_customer() = customer;
  if (customer.source() == v1::CUSTOMER_SOURCE_UNSPECIFIED)
    create->mutable_customer()->set_source(v1::CUSTOMER_SOURCE_IMPORT);
  plan.is_new = true;
  plan.command = std::move(create);
  return plan;
}

RowPlan PlanContact(const v1::Import& import, const ImportRow& row,
                    const engine::Snapshot& snapshot) {
  const auto& contact = static_cast<const v1::Contact&>(*row.resource);
  const std::set<std::string> names = ContactsOf(contact.external_ids(), snapshot);
  if (names.size() > 1) return {.refusal = Ambiguous()};
  RowPlan plan;
  const std::string id = NewId(import, row, contact.external_ids());
  plan.target = names.empty() ? SurvivorOf("contacts/" + id, snapshot) : *names.begin();
  if (snapshot.Get(kContacts, plan.target).has_value()) {
    auto reimport = std::make_unique<v1::ReimportContactRequest>();
    reimport->set_name(plan.target);
    *reimport->mutable_contact() = contact;
    plan.command = std::move(reimport);
    return plan;
  }
  auto create = std::make_unique<v1::CreateContactRequest>();
  create->set_contact_id(id);
  *create->mutable_contact() = contact;
  plan.is_new = true;
  plan.command = std::move(create);
  return plan;
}

template <class Model, class Command>
absl::Status Try(const typename Model::State& state, const google::protobuf::Message& message,
                 const engine::Context& context, const engine::Snapshot& snapshot) {
  const auto& command = static_cast<const Command&>(message);
  if constexpr (engine::Gathers<Model, Command>) {
    return Model::Decide(state, command, context, Model::Gather(command, context, snapshot))
        .status();
  } else {
    return Model::Decide(state, command, context).status();
  }
}

}  // namespace

engine::Context CheckContext(const v1::Import& import, const RowPlan& plan, absl::Time time) {
  engine::Context context;
  context.time = time;
  context.actor = import.creator();
  context.name = plan.target;
  context.request_id = "check";
  context.business_date = base::DayOf(import.basis().business_date());
  context.reporting_currency = import.basis().reporting_currency();
  return context;
}

RowPlan PlanRow(const v1::Import& import, const ImportRow& row, const engine::Snapshot& snapshot) {
  return import.kind() == v1::IMPORT_KIND_CONTACTS ? PlanContact(import, row, snapshot)
                                                   : PlanCustomer(import, row, snapshot);
}

absl::Status TryRow(const v1::Import& import, const RowPlan& plan, absl::Time time,
                    const engine::Snapshot& snapshot) {
  if (absl::Status s = base::ValidateLimits(*plan.command); !s.ok()) return s;
  const engine::Context context = CheckContext(import, plan, time);
  const engine::Guarded guarded{*plan.command, plan.is_new, context};
  if (absl::Status s = AdmitUnlessMerged(guarded, snapshot); !s.ok()) return s;
  if (import.kind() == v1::IMPORT_KIND_CONTACTS) {
    if (plan.is_new)
      return Try<ContactModel, v1::CreateContactRequest>({}, *plan.command, context, snapshot);
    return Try<ContactModel, v1::ReimportContactRequest>(
        snapshot.Get(kContacts, plan.target).value_or(v1::Contact()), *plan.command, context,
        snapshot);
  }
  if (plan.is_new)
    return Try<CustomerModel, v1::CreateCustomerRequest>({}, *plan.command, context, snapshot);
  return Try<CustomerModel, v1::ReimportCustomerRequest>(
      snapshot.Get(kCustomers, plan.target).value_or(v1::Customer()), *plan.command, context,
      snapshot);
}

}  // namespace crm::customer
