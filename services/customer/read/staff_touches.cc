#include "services/customer/read/staff_touches.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr std::string_view kCampaigns = "campaigns/";

bool Counts(const v1::Touchpoint& touchpoint) {
  return !touchpoint.staff().empty() && !touchpoint.about().starts_with(kCampaigns);
}

void Put(const std::string& customer, const std::string& staff, absl::Time time,
         engine::Rows& rows) {
  v1::StaffTouch touch;
  touch.set_customer(customer);
  touch.set_staff(staff);
  *touch.mutable_touch_time() = base::TimestampOf(time);
  rows.Put(kStaffTouches, touch);
}

// Anew from what is recorded, `changed` as it is now.
void Recount(const std::string& customer, const std::string& staff, const v1::Touchpoint& changed,
             engine::Rows& rows) {
  absl::Time last = absl::InfinitePast();
  const auto look = [&](const v1::Touchpoint& touchpoint) {
    if (touchpoint.staff() == staff && Counts(touchpoint))
      last = std::max(last, base::TimeOf(touchpoint.occur_time()));
  };
  rows.Scan(
      kTouchpoints, "by_customer",
      [&](const v1::Touchpoint& touchpoint) {
        if (touchpoint.name() != changed.name()) look(touchpoint);
        return true;
      },
      base::KeyOf(customer));
  look(changed);
  if (last == absl::InfinitePast()) {
    rows.Delete(kStaffTouches, customer, staff);
  } else {
    Put(customer, staff, last, rows);
  }
}

}  // namespace

void ProjectStaffTouches(const engine::Change<TouchpointModel>& change, engine::Rows& rows) {
  const std::string customer(base::ParentOf(change.meta.name));
  if (change.before == nullptr) {
    if (!Counts(change.after)) return;
    const absl::Time time = base::TimeOf(change.after.occur_time());
    const auto known = rows.Get(kStaffTouches, customer, change.after.staff());
    if (!known.has_value() || base::TimeOf(known->touch_time()) < time)
      Put(customer, change.after.staff(), time, rows);
    return;
  }
  const bool same =
      change.before->staff() == change.after.staff() &&
      change.before->about() == change.after.about() &&
      base::TimeOf(change.before->occur_time()) == base::TimeOf(change.after.occur_time());
  if (same) return;
  for (const std::string& staff : std::set{change.before->staff(), change.after.staff()}) {
    if (!staff.empty()) Recount(customer, staff, change.after, rows);
  }
}

}  // namespace crm::customer
