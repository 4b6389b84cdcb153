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
  return "";
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
      open->set_end_actor(change.meta.actor);
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
  term.set_start_actor(change.meta.actor);
  term.set_start_reason(ReasonOf(change.event));
  rows.Put(kOwnerTerms, term);
}

}  // namespace crm::customer
