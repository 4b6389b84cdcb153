#include "services/customer/read/overdue_contacts.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/contact_plan.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/contact_state.h"
#include "services/customer/read/place_token.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr std::string_view kAnybody = "staff/-";
constexpr v1::Tier kTiersInOrder[] = {v1::TIER_TOP, v1::TIER_BIG, v1::TIER_MEDIUM, v1::TIER_SMALL};

std::string QuestionOf(const v1::ListOverdueContactsRequest& request) {
  return base::Sha256({"overdue-contacts", request.parent()});
}

// A token is the place of the last row in its index.
std::string TokenOf(const v1::ListOverdueContactsRequest& request, const v1::ContactState& last) {
  v1::ContactState place;
  place.set_customer(last.customer());
  place.set_planned(true);
  place.set_tier(last.tier());
  place.set_owner(last.owner());
  *place.mutable_last_contact_time() = last.last_contact_time();
  return PlaceToken(QuestionOf(request), place.SerializeAsString());
}

absl::StatusOr<std::optional<v1::ContactState>> PlaceOf(
    const v1::ListOverdueContactsRequest& request) {
  if (request.page_token().empty()) return std::nullopt;
  v1::ContactState place;
  const bool readable = ReadPlace(request.page_token(), QuestionOf(request), place) &&
                        v1::Tier_IsValid(place.tier()) &&
                        base::CheckTimestamp("page_token", place.last_contact_time()).ok();
  if (!readable) return base::Invalid("page_token", "is not that of the previous page");
  return place;
}

class Overdue {
 public:
  Overdue(const v1::ListOverdueContactsRequest& request, const engine::Snapshot& snapshot,
          const engine::Context& context, v1::ListOverdueContactsResponse& response)
      : request_(request), snapshot_(snapshot), context_(context), response_(response) {
    if (request.parent() != kAnybody) owner_ = base::LastIdOf(request.parent());
    page_size_ = request.page_size() == 0 ? kOverduePageDefault
                                          : std::min(request.page_size(), kOverduePageMax);
  }

  // False when the page is full.
  bool Tier(v1::Tier tier, const std::optional<v1::ContactState>& after) {
    const auto plan = snapshot_.Get(kContactPlans, PlanOfTier(tier));
    if (!plan.has_value()) return true;
    const absl::Time cutoff = ContactCutoff(*plan, context_.business_date, context_.zone);
    bool more = true;
    const auto visit = [&](const v1::ContactState& state) {
      if (base::TimeOf(state.last_contact_time()) >= cutoff) return false;
      return more = Take(state, *plan, cutoff);
    };
    if (owner_.has_value()) {
      if (after.has_value()) {
        snapshot_.ScanAfter(kContactStates, "by_owner", *after, visit, *owner_, true, tier);
      } else {
        snapshot_.Scan(kContactStates, "by_owner", visit, *owner_, true, tier);
      }
    } else if (after.has_value()) {
      snapshot_.ScanAfter(kContactStates, "by_tier", *after, visit, true, tier);
    } else {
      snapshot_.Scan(kContactStates, "by_tier", visit, true, tier);
    }
    return more;
  }

 private:
  // False when there is no room for more; the place of the last one is then noted.
  bool Take(const v1::ContactState& found, const v1::ContactPlan& plan, absl::Time cutoff) {
    const bool full =
        response_.overdue_contacts_size() == page_size_ || looked_at_ == kOverdueLookedAtMax;
    if (full) {
      response_.set_next_page_token(TokenOf(request_, last_));
      return false;
    }
    ++looked_at_;
    last_ = found;
    const auto customer = snapshot_.Get(kCustomers, found.customer());
    if (!customer.has_value()) return true;
    const v1::ContactState state = WithAbsorbed(found, *customer, snapshot_);
    const absl::Time last_contact = base::TimeOf(state.last_contact_time());
    if (last_contact >= cutoff) return true;
    const absl::CivilDay due = absl::ToCivilDay(last_contact, context_.zone) + plan.interval_days();
    v1::OverdueContact& overdue = *response_.add_overdue_contacts();
    overdue.set_customer(found.customer());
    overdue.set_display_name(customer->display_name());
    overdue.set_tier(customer->tier());
    overdue.set_owner(state.owner());
    overdue.set_touchpoint(state.touchpoint());
    *overdue.mutable_last_contact_time() = state.last_contact_time();
    *overdue.mutable_due_date() = base::DateOf(due);
    overdue.set_overdue_days(static_cast<int32_t>(context_.business_date - due));
    overdue.set_contact_plan(plan.name());
    overdue.set_contact_plan_etag(plan.etag());
    return true;
  }

  const v1::ListOverdueContactsRequest& request_;
  const engine::Snapshot& snapshot_;
  const engine::Context& context_;
  v1::ListOverdueContactsResponse& response_;
  std::optional<std::string> owner_;
  int page_size_ = 0;
  int looked_at_ = 0;
  v1::ContactState last_;
};

}  // namespace

absl::StatusOr<v1::ListOverdueContactsResponse> QueryOverdueContacts(
    const v1::ListOverdueContactsRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context) {
  if (request.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  if (request.parent() != kAnybody) {
    if (request.parent().empty()) return base::Invalid("parent", "must be given");
    if (absl::Status s = CheckName("parent", "staff", request.parent()); !s.ok()) return s;
    if (!snapshot.Get(kStaff, request.parent()).has_value())
      return base::NotFound(request.parent());
  }
  const auto after = PlaceOf(request);
  if (!after.ok()) return after.status();

  v1::ListOverdueContactsResponse response;
  Overdue overdue(request, snapshot, context, response);
  bool begun = !after->has_value();
  for (const v1::Tier tier : kTiersInOrder) {
    const bool here = after->has_value() && (*after)->tier() == tier;
    if (!begun && !here) continue;
    begun = true;
    if (!overdue.Tier(tier, here ? *after : std::nullopt)) break;
  }
  return response;
}

}  // namespace crm::customer
