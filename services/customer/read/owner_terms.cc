#include "services/customer/read/owner_terms.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/read/redirects.h"
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

std::string TransferOf(const v1::CustomerEvent& event) {
  if (event.has_transferred()) return event.transferred().transfer();
  if (event.has_owner_granted()) return event.owner_granted().owner_request().transfer();
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

// Who looks after it: after a merged one nobody does, its survivor has an owner of its own.
std::string HolderOf(const v1::Customer& customer) {
  return customer.merged_into().empty() ? customer.owner() : "";
}

// It is theirs again, for the reason for which it was before the merge.
void GoOn(const engine::Snapshot& snapshot, const std::string& customer, v1::OwnerTerm& term) {
  snapshot.Scan(
      kOwnerTerms, "by_customer",
      [&](const v1::OwnerTerm& former) {
        if (former.merged_into().empty()) return true;
        term.set_start_actor(former.start_actor());
        term.set_start_reason(former.start_reason());
        term.set_start_transfer(former.start_transfer());
        return true;
      },
      base::KeyOf(customer));
}

}  // namespace

void ProjectOwnerTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const std::string before = change.before != nullptr ? HolderOf(*change.before) : "";
  const std::string after = HolderOf(change.after);
  if (after == before) return;
  const auto time = base::TimestampOf(change.meta.time);
  const std::string etag = engine::EtagOf(change.meta.revision);
  if (!before.empty()) {
    if (auto open = OpenTerm(rows, change.meta.name); open.has_value()) {
      *open->mutable_end_time() = time;
      open->set_end_actor(ActorOf(change.event, change.meta));
      open->set_end_reason(ReasonOf(change.event));
      open->set_merged_into(change.after.merged_into());
      *open->mutable_update_time() = time;
      open->set_etag(etag);
      rows.Put(kOwnerTerms, *open);
    }
  }
  if (after.empty()) return;
  v1::OwnerTerm term;
  term.set_name(change.meta.name + "/ownerTerms/" + std::to_string(change.meta.revision));
  term.set_etag(etag);
  *term.mutable_create_time() = *term.mutable_update_time() = *term.mutable_start_time() = time;
  term.set_owner(after);
  term.set_start_actor(ActorOf(change.event, change.meta));
  term.set_start_reason(ReasonOf(change.event));
  term.set_start_transfer(TransferOf(change.event));
  if (change.event.has_unmerged()) GoOn(rows, change.meta.name, term);
  term.set_owner_slot(change.after.ownership().owner_slot());
  rows.Put(kOwnerTerms, term);
}

absl::StatusOr<v1::GetOwnerResponse> QueryOwner(const v1::GetOwnerRequest& request,
                                                const engine::Snapshot& snapshot,
                                                const engine::Context& context) {
  absl::Status s = base::CheckTimestamp("as_of", request.as_of());
  if (s.ok()) s = base::CheckTimestamp("known_at", request.known_at());
  if (!s.ok()) return s;
  if (!snapshot.Get(kCustomers, request.name()).has_value()) return base::NotFound(request.name());
  v1::GetOwnerResponse response;
  *response.mutable_as_of() =
      request.has_as_of() ? request.as_of() : base::TimestampOf(context.time);
  if (request.has_known_at()) *response.mutable_known_at() = request.known_at();
  const absl::Time as_of = base::TimeOf(response.as_of());
  const absl::Time known =
      request.has_known_at() ? base::TimeOf(request.known_at()) : absl::InfiniteFuture();
  const std::string customer = SurvivorAt(request.name(), std::min(as_of, known), snapshot);
  snapshot.Scan(
      kOwnerTerms, "by_customer",
      [&](const v1::OwnerTerm& term) {
        if (HeldAt(term, as_of, known)) *response.mutable_owner_term() = term;
        return true;
      },
      base::KeyOf(customer));
  v1::OwnerTerm& term = *response.mutable_owner_term();
  if (term.name().empty()) {
    response.clear_owner_term();
  } else if (term.has_end_time() && base::TimeOf(term.end_time()) > known) {
    term.clear_end_time();
    term.clear_end_actor();
    term.clear_end_reason();
    term.clear_merged_into();
  }
  return response;
}

}  // namespace crm::customer
