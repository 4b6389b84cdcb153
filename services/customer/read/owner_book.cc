#include "services/customer/read/owner_book.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/place_token.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr int kPageDefault = 50, kPageMax = 1'000;

v1::OwnerBookPart& PartOf(const std::string& pool, v1::OwnerBook& book) {
  for (v1::OwnerBookPart& part : *book.mutable_parts()) {
    if (part.pool() == pool) return part;
  }
  v1::OwnerBookPart& part = *book.add_parts();
  part.set_pool(pool);
  return part;
}

void Give(const v1::OwnerSlotReserved& reserved, v1::OwnerBook& book) {
  const v1::OwnerSlot& slot = reserved.owner_slot();
  const v1::OwnerLimits& limits = reserved.limits();
  book.set_slot_count(book.slot_count() + 1);
  book.set_capacity(limits.capacity());
  v1::OwnerBookPart& part = PartOf(slot.pool(), book);
  part.set_slot_count(part.slot_count() + 1);
  part.set_capacity(limits.pool_capacity());
  part.set_daily_limit(limits.daily_limit());
  if (slot.kind() != v1::OWNER_REQUEST_KIND_PICK) return;
  const bool later =
      !part.has_pick_date() || base::DayOf(part.pick_date()) < base::DayOf(slot.slot_date());
  part.set_pick_count(later ? 1 : part.pick_count() + 1);
  if (later) *part.mutable_pick_date() = slot.slot_date();
}

void TakeBack(const v1::OwnerSlot& slot, v1::OwnerBook& book) {
  book.set_slot_count(book.slot_count() - 1);
  v1::OwnerBookPart& part = PartOf(slot.pool(), book);
  part.set_slot_count(part.slot_count() - 1);
}

std::string QuestionOf(const std::string& book, const v1::GetOwnedCustomersResponse& response) {
  return absl::StrCat("owned-customers ", book, " ",
                      absl::ToUnixNanos(base::TimeOf(response.as_of())), " ",
                      absl::ToUnixNanos(base::TimeOf(response.known_at())));
}

}  // namespace

void ProjectOwnerBook(const engine::Change<OwnerSlotModel>& change, engine::Rows& rows) {
  if (change.event.has_refused()) return;
  const std::string name = BookOf(base::KeyOf(change.meta.name));
  v1::OwnerBook book = rows.Get(kOwnerBooks, name).value_or(v1::OwnerBook());
  if (book.name().empty()) {
    book.set_name(name);
    *book.mutable_create_time() = base::TimestampOf(change.meta.time);
  }
  *book.mutable_update_time() = base::TimestampOf(change.meta.time);
  book.set_change_count(book.change_count() + 1);
  book.set_etag(engine::EtagOf(book.change_count()));
  if (change.event.has_reserved()) Give(change.event.reserved(), book);
  if (change.event.has_freed() && change.before != nullptr) TakeBack(*change.before, book);
  rows.Put(kOwnerBooks, book);
}

absl::StatusOr<v1::OwnerBook> QueryOwnerBook(const v1::GetOwnerBookRequest& get,
                                             const engine::Snapshot& snapshot,
                                             const engine::Context& context) {
  const std::string owner(base::KeyOf(get.name()));
  if (get.name() != BookOf(owner) || !base::IsResourceId(owner))
    return base::Invalid("name", "is not a name of this resource");
  const auto staff = snapshot.Get(kStaff, absl::StrCat("staff/", owner));
  std::optional<v1::OwnerBook> book = snapshot.Get(kOwnerBooks, get.name());
  int customers = 0;
  snapshot.Scan(
      kCustomers, "by_owner",
      [&](const v1::Customer& customer) {
        if (customer.merged_into().empty()) ++customers;
        return true;
      },
      owner);
  if (!book.has_value() && !staff.has_value() && customers == 0) return base::NotFound(get.name());
  if (!book.has_value()) book.emplace().set_name(get.name());
  book->set_customer_count(customers);
  book->set_capacity(LimitsOf(owner, std::nullopt, staff).capacity());
  snapshot.Scan(kPools, "by_rank", [&](const v1::Pool& pool) {
    const v1::OwnerLimits limits = LimitsOf(owner, pool, staff);
    v1::OwnerBookPart& part = PartOf(pool.name(), *book);
    part.set_capacity(limits.pool_capacity());
    part.set_daily_limit(limits.daily_limit());
    const bool today =
        part.has_pick_date() && base::DayOf(part.pick_date()) >= context.business_date;
    if (!today) part.set_pick_count(0);
    return true;
  });
  return *std::move(book);
}

absl::StatusOr<v1::GetOwnedCustomersResponse> QueryOwnedCustomers(
    const v1::GetOwnedCustomersRequest& get, const engine::Snapshot& snapshot,
    const engine::Context& context) {
  const std::string owner(base::KeyOf(get.name()));
  if (get.name() != BookOf(owner) || !base::IsResourceId(owner))
    return base::Invalid("name", "is not a name of this resource");
  absl::Status s = base::CheckTimestamp("as_of", get.as_of());
  if (s.ok()) s = base::CheckTimestamp("known_at", get.known_at());
  if (!s.ok()) return s;
  if (get.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  v1::GetOwnedCustomersResponse response;
  const auto now = base::TimestampOf(context.time);
  *response.mutable_as_of() = get.has_as_of() ? get.as_of() : now;
  *response.mutable_known_at() = get.has_known_at() ? get.known_at() : now;
  const absl::Time as_of = base::TimeOf(response.as_of());
  const absl::Time known_at = base::TimeOf(response.known_at());
  std::map<std::string, v1::OwnedCustomer> owned;
  snapshot.Scan(
      kOwnerTerms, "by_owner",
      [&](const v1::OwnerTerm& term) {
        if (!HeldAt(term, as_of, known_at)) return true;
        const std::string customer(base::ParentOf(term.name()));
        v1::OwnedCustomer& found = owned[customer];
        found.set_customer(customer);
        found.set_owner_term(term.name());
        *found.mutable_start_time() = term.start_time();
        if (term.has_end_time() && base::TimeOf(term.end_time()) <= known_at)
          *found.mutable_end_time() = term.end_time();
        return true;
      },
      owner);
  response.set_customer_count(static_cast<int>(owned.size()));
  auto at = owned.begin();
  if (!get.page_token().empty()) {
    const auto last = PlaceIn(get.page_token(), QuestionOf(get.name(), response));
    if (!last.has_value()) return base::Invalid("page_token", "is not one of this question");
    at = owned.upper_bound(*last);
  }
  const int page = get.page_size() == 0 ? kPageDefault : std::min(get.page_size(), kPageMax);
  for (; at != owned.end() && response.customers_size() < page; ++at) {
    *response.add_customers() = std::move(at->second);
  }
  if (at != owned.end()) {
    response.set_next_page_token(
        PlaceToken(QuestionOf(get.name(), response), std::prev(at)->first));
  }
  return response;
}

}  // namespace crm::customer
