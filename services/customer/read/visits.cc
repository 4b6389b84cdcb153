#include "services/customer/read/visits.h"

#include <string>

#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// Takes the touchpoint when it is a visit and later than what is there.
void TakeIfLater(const std::string& name, const v1::Touchpoint& touchpoint,
                 v1::CustomerVisit& visit) {
  if (touchpoint.channel() != common::v1::CHANNEL_VISIT) return;
  if (!visit.touchpoint().empty() &&
      base::TimeOf(touchpoint.occur_time()) <= base::TimeOf(visit.visit_time()))
    return;
  visit.set_touchpoint(name);
  *visit.mutable_visit_time() = touchpoint.occur_time();
}

}  // namespace

void ProjectVisit(const engine::Change<TouchpointModel>& change, engine::Rows& rows) {
  const bool same =
      change.before != nullptr && change.before->channel() == change.after.channel() &&
      base::TimeOf(change.before->occur_time()) == base::TimeOf(change.after.occur_time());
  if (same) return;
  const std::string customer(base::ParentOf(change.meta.name));
  v1::CustomerVisit visit;
  visit.set_customer(customer);
  const auto stored = rows.Get(kCustomerVisits, customer);
  if (stored.has_value()) visit = *stored;
  if (stored.has_value() && stored->touchpoint() == change.meta.name) {
    // The last one was corrected, so that another may be the last.
    visit.clear_touchpoint();
    visit.clear_visit_time();
    rows.Scan(
        kTouchpoints, "by_customer",
        [&](const v1::Touchpoint& other) {
          if (other.name() != change.meta.name) TakeIfLater(other.name(), other, visit);
          return true;
        },
        base::KeyOf(customer));
  }
  TakeIfLater(change.meta.name, change.after, visit);
  if (!visit.touchpoint().empty()) {
    rows.Put(kCustomerVisits, visit);
  } else if (stored.has_value()) {
    rows.Delete(kCustomerVisits, customer);
  }
}

}  // namespace crm::customer
