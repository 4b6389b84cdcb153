#include "services/customer/read/contact_state.h"

#include <string>
#include <tuple>

#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

bool IsPlanned(const v1::Customer& customer) {
  const v1::CustomerStatus status = customer.status();
  return customer.merged_into().empty() &&
         (status == v1::CUSTOMER_STATUS_PROSPECT || status == v1::CUSTOMER_STATUS_ACTIVE ||
          status == v1::CUSTOMER_STATUS_INACTIVE);
}

// As when nobody was in contact with the customer yet.
void Forget(v1::ContactState& state) {
  *state.mutable_last_contact_time() = state.create_time();
  state.clear_touchpoint();
}

void TakeIfLater(const v1::Touchpoint& touchpoint, v1::ContactState& state) {
  if (!IsContact(touchpoint)) return;
  const auto place = [](const google::protobuf::Timestamp& time, const std::string& name) {
    return std::make_tuple(base::TimeOf(time), name);
  };
  if (!state.touchpoint().empty() && place(touchpoint.occur_time(), touchpoint.name()) <=
                                         place(state.last_contact_time(), state.touchpoint()))
    return;
  *state.mutable_last_contact_time() = touchpoint.occur_time();
  state.set_touchpoint(touchpoint.name());
}

// Whether nothing was corrected that tells which contact is the last.
bool IsSameContact(const v1::Touchpoint& a, const v1::Touchpoint& b) {
  return base::TimeOf(a.occur_time()) == base::TimeOf(b.occur_time()) &&
         a.direction() == b.direction() && a.channel() == b.channel() && a.about() == b.about();
}

}  // namespace

v1::ContactState WithAbsorbed(v1::ContactState state, const v1::Customer& customer,
                              const engine::Snapshot& snapshot) {
  if (customer.absorbed_customers().empty()) return state;
  for (const std::string& name : NamesOf(customer.name(), snapshot)) {
    const auto other = snapshot.Get(kContactStates, name);
    if (!other.has_value() || other->touchpoint().empty()) continue;
    if (!state.touchpoint().empty() &&
        base::TimeOf(other->last_contact_time()) <= base::TimeOf(state.last_contact_time()))
      continue;
    *state.mutable_last_contact_time() = other->last_contact_time();
    state.set_touchpoint(other->touchpoint());
  }
  return state;
}

bool IsContact(const v1::Touchpoint& touchpoint) {
  return touchpoint.direction() != v1::DIRECTION_OUT ||
         !touchpoint.about().starts_with("campaigns/");
}

void ProjectContactOfCustomer(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const v1::Tier tier =
      change.after.tier() == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL : change.after.tier();
  const bool planned = IsPlanned(change.after);
  auto state = rows.Get(kContactStates, change.meta.name);
  if (state.has_value() && state->tier() == tier && state->planned() == planned &&
      state->owner() == change.after.owner())
    return;
  if (!state.has_value()) {
    state.emplace().set_customer(change.meta.name);
    *state->mutable_create_time() = base::TimestampOf(change.meta.time);
    Forget(*state);
  }
  state->set_tier(tier);
  state->set_planned(planned);
  state->set_owner(change.after.owner());
  rows.Put(kContactStates, *state);
}

void ProjectContactOfTouchpoint(const engine::Change<TouchpointModel>& change, engine::Rows& rows) {
  const std::string customer(base::ParentOf(change.meta.name));
  if (change.before != nullptr && IsSameContact(*change.before, change.after)) return;
  auto state = rows.Get(kContactStates, customer);
  if (!state.has_value()) return;
  const std::string before = state->SerializeAsString();
  if (change.before != nullptr && state->touchpoint() == change.meta.name) {
    // The last one was corrected, so that another may be the last.
    Forget(*state);
    rows.Scan(
        kTouchpoints, "by_customer",
        [&](const v1::Touchpoint& other) {
          if (other.name() != change.meta.name) TakeIfLater(other, *state);
          return true;
        },
        base::KeyOf(customer));
  }
  TakeIfLater(change.after, *state);
  if (state->SerializeAsString() != before) rows.Put(kContactStates, *state);
}

}  // namespace crm::customer
