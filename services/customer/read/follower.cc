#include "services/customer/read/follower.h"

#include "libs/base/resource_name.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

std::string FollowerOf(const v1::Interview& interview, const engine::Snapshot& snapshot) {
  const std::string name(base::ParentOf(interview.name()));
  const auto customer = snapshot.Get(kCustomers, SurvivorOf(name, snapshot));
  if (!customer.has_value() || customer->owner().empty()) return interview.staff();
  const auto owner = snapshot.Get(kStaff, "staff/" + customer->owner());
  const bool left = owner.has_value() && owner->status() == v1::STAFF_STATUS_LEFT;
  return left ? interview.staff() : customer->owner();
}

}  // namespace crm::customer
