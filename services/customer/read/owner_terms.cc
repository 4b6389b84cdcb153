#include "services/customer/read/owner_terms.h"

#include <optional>
#include <string>

#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

std::string ReasonOf(const v1::CustomerEvent& event) {
  if (event.has_transferred()) return event.transferred().reason();
  if (event.has_released()) return event.released().reason();
  if (event.has_updated()) return event.updated().owner_reason();
  if (event.has_owner_granted()) return event.owner_granted().owner_request().reason();
  if (event.has_recycled()) return "recycled: " + event.recycled().recycle_rule();
  return "";
}

// Who wanted it, when a book was asked first.
std::string ActorOf(const v1::CustomerEvent& event, const engine::EventMeta& meta) {
  return event.has_owner_granted() ? event.owner_granted().owner_request().actor() : meta.actor;
}

std::optional<v1::OwnerTerm> OpenTerm(const engine::Snapshot& snapshot,
                                      const std::string& customer) {
  std::optional<v1::OwnerTerm> open;
  snapshot.Scan(
      kOwnerTerms, "by_customer_end",
      [&](const v1::OwnerTerm& term) {
        open = term;
        return false;
      },
      base::KeyOf(customer), std::string());
  return open;
}

}  // namespace

void ProjectOwnerTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const std::string before = change.before != nullptr ? change.before->owner() : "";
  if (change.after.owner() == before) return;
  const auto time = base::TimestampOf(change.meta.time);
  const std::string etag = engine::EtagOf(change.meta.revision);
  if (!before.empty()) {
    if (auto open = OpenTerm(rows, change.meta.name); open.has_value()) {
      *open->mutable_end_time() = time;
      open->set_end_actor(ActorOf(change.event, change.meta));
      open->set_end_reason(ReasonOf(change.event));
      *open->mutable_update_time() = time;
      open->set_etag(etag);
      rows.Put(kOwnerTerms, *open);
    }
  }
  if (change.after.owner().empty()) return;
  v1::OwnerTerm term;
  term.set_name(change.meta.name + "/ownerTerms/" + std::to_string(change.meta.revision));
  term.set_etag(etag);
  *term.mutable_create_time() = *term.mutable_update_time() = *term.mutable_start_time() = time;
  term.set_owner(change.after.owner());
  term.set_start_actor(ActorOf(change.event, change.meta));
  term.set_start_reason(ReasonOf(change.event));
  term.set_owner_slot(change.after.ownership().owner_slot());
  rows.Put(kOwnerTerms, term);
}

}  // namespace crm::customer
