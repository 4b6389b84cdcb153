#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/field_limits.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/references.h"
#include "services/customer/react/import_plan.h"
#include "services/customer/read/imported.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr char kCustomer[] = "position.customer";
constexpr char kExternalId[] = "position.customer_external_id";
constexpr char kDisplayName[] = "position.customer_display_name";

// Of the customers that may be meant, the one; else the plan is refused.
std::string OneOf(const std::set<std::string>& names, const char* field, RowPlan& plan) {
  if (names.size() == 1) return *names.begin();
  plan.field = field;
  plan.refusal = names.empty()
                     ? base::Refused(v1::REASON_CUSTOMER_UNKNOWN, "there is no such customer")
                     : base::Refused(v1::REASON_ROW_AMBIGUOUS, "several customers are meant");
  return "";
}

// At which customer; empty: the row does not say, or the plan is refused.
std::string CustomerOf(const ImportRow& row, const engine::Snapshot& snapshot, RowPlan& plan) {
  const v1::ImportedPosition& said = row.position;
  std::set<std::string> names;
  if (!said.customer().empty()) {
    plan.field = kCustomer;
    plan.refusal = CheckName("position.customer", "customers", said.customer());
    if (!plan.refusal.ok()) return "";
    const std::string survivor = SurvivorOf(said.customer(), snapshot);
    if (snapshot.Get(kCustomers, survivor).has_value()) names.insert(survivor);
    return OneOf(names, kCustomer, plan);
  }
  if (!said.customer_external_id().empty()) {
    const auto& contact = static_cast<const v1::Contact&>(*row.resource);
    google::protobuf::RepeatedPtrField<common::v1::ExternalId> ids;
    ids.Add()->set_id(said.customer_external_id());
    ids[0].set_system(said.customer_external_system());
    if (ids[0].system().empty() && !contact.external_ids().empty())
      ids[0].set_system(contact.external_ids(0).system());
    return OneOf(CustomersOf(ids, snapshot), kExternalId, plan);
  }
  if (said.customer_display_name().empty()) return "";
  snapshot.Scan(
      kCustomers, "by_display_name",
      [&](const v1::Customer& customer) {
        names.insert(SurvivorOf(customer.name(), snapshot));
        return names.size() < 2;
      },
      said.customer_display_name());
  return OneOf(names, kDisplayName, plan);
}

// The fields that the row says, in the mask.
void SetFields(const v1::ImportedPosition& said, v1::Position& position,
               google::protobuf::FieldMask& mask) {
  if (!said.title().empty()) {
    position.set_title(said.title());
    mask.add_paths("title");
  }
  if (!said.department().empty()) {
    position.set_department(said.department());
    mask.add_paths("department");
  }
  if (said.role() != v1::POSITION_ROLE_UNSPECIFIED) {
    position.set_role(said.role());
    mask.add_paths("role");
  }
  if (said.primary()) {
    position.set_primary(true);
    mask.add_paths("primary");
  }
  if (said.has_start_date()) {
    *position.mutable_start_date() = said.start_date();
    mask.add_paths("start_date");
  }
  if (said.has_end_date()) {
    *position.mutable_end_date() = said.end_date();
    mask.add_paths("end_date");
  }
}

// The position that the contact holds at the customer; empty: none.
std::string HeldPosition(const std::string& customer, const std::string& contact,
                         absl::CivilDay day, const engine::Snapshot& snapshot) {
  std::string held;
  snapshot.Scan(
      kPositions, "by_contact",
      [&](const v1::Position& position) {
        if (base::ParentOf(position.name()) == customer && HeldOn(position, day))
          held = position.name();
        return held.empty();
      },
      contact);
  return held;
}

std::string PositionName(const std::string& customer, const std::string& id) {
  return absl::StrCat(customer, "/positions/", id);
}

bool HasEnded(const std::string& name, absl::CivilDay day, const engine::Snapshot& snapshot) {
  const auto position = snapshot.Get(kPositions, name);
  return position.has_value() && position->has_end_date() &&
         base::DayOf(position->end_date()) < day;
}

}  // namespace

RowPlan PlanPosition(const v1::Import& import, const ImportRow& row, const std::string& contact,
                     const engine::Snapshot& snapshot) {
  RowPlan plan;
  const std::string customer = CustomerOf(row, snapshot, plan);
  if (customer.empty()) return plan;
  plan.field.clear();
  v1::Position position;
  google::protobuf::FieldMask mask;
  SetFields(row.position, position, mask);
  const std::string from = position.has_start_date()
                               ? absl::FormatCivilTime(base::DayOf(position.start_date()))
                               : std::string();
  const absl::CivilDay day = base::DayOf(import.basis().business_date());
  const bool dated = position.has_start_date() || position.has_end_date();
  const std::string held = HeldPosition(customer, contact, day, snapshot);
  std::string id = base::DeriveId({"imported position", customer, contact, from});
  // A row without a day is of what is held now: a position that has ended stays as it was.
  for (int i = 1; !dated && held.empty() && HasEnded(PositionName(customer, id), day, snapshot);
       ++i)
    id = base::DeriveId({"imported position", customer, contact, absl::StrCat("#", i)});
  plan.target = PositionName(customer, id);
  bool there = snapshot.Get(kPositions, plan.target).has_value();
  if (!held.empty() && (!dated || !there)) {
    plan.target = held;
    there = true;
  }
  if (there) {
    auto update = std::make_unique<v1::UpdatePositionRequest>();
    *update->mutable_position() = position;
    update->mutable_position()->set_name(plan.target);
    *update->mutable_update_mask() = mask;
    plan.command = std::move(update);
    return plan;
  }
  auto create = std::make_unique<v1::CreatePositionRequest>();
  create->set_parent(customer);
  create->set_position_id(id);
  *create->mutable_position() = position;
  create->mutable_position()->set_contact(contact);
  plan.is_new = true;
  plan.command = std::move(create);
  return plan;
}

absl::Status TryPosition(const v1::Import& import, const RowPlan& plan, absl::Time time,
                         const engine::Snapshot& snapshot) {
  if (absl::Status s = base::ValidateLimits(*plan.command); !s.ok()) return s;
  const engine::Context context = CheckContext(import, plan, time);
  if (plan.is_new) {
    const auto& create = static_cast<const v1::CreatePositionRequest&>(*plan.command);
    PositionModel::Facts facts = PositionModel::Gather(create, context, snapshot);
    facts.contact_shown = true;
    return PositionModel::Decide({}, create, context, facts).status();
  }
  const auto& update = static_cast<const v1::UpdatePositionRequest&>(*plan.command);
  return PositionModel::Decide(snapshot.Get(kPositions, plan.target).value_or(v1::Position()),
                               update, context, PositionModel::Gather(update, context, snapshot))
      .status();
}

}  // namespace crm::customer
