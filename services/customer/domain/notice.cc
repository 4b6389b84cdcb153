#include "services/customer/domain/notice.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/timestamp.h"

namespace crm::customer {
namespace {

constexpr std::string_view kStaffPrefix = "staff/";

std::string Joined(std::string_view prefix, std::string_view id) {
  return std::string(prefix).append(id);
}

}  // namespace

std::string NoticeId(const engine::EventMeta& cause, v1::NotificationReason reason) {
  return base::DeriveId(
      {cause.name, absl::StrCat(cause.revision), v1::NotificationReason_Name(reason)});
}

void AddNotice(const engine::EventMeta& cause, const Notice& notice, engine::Commands& commands) {
  std::string_view staff = notice.staff;
  if (staff.starts_with(kStaffPrefix)) staff.remove_prefix(kStaffPrefix.size());
  if (staff.empty()) return;
  const std::string& actor = notice.actor.empty() ? cause.actor : notice.actor;
  if (!notice.also_own_acts && actor == Joined("user:", staff)) return;
  auto notify = std::make_unique<v1::NotifyRequest>();
  notify->set_parent(Joined(kStaffPrefix, staff));
  notify->set_notification_id(
      notice.once_for.empty()
          ? NoticeId(cause, notice.reason)
          : base::DeriveId({notice.once_for, v1::NotificationReason_Name(notice.reason)}));
  v1::Notification& notification = *notify->mutable_notification();
  notification.set_reason(notice.reason);
  notification.set_about(notice.about);
  notification.set_customer(notice.customer);
  *notification.mutable_occur_time() = base::TimestampOf(cause.time);
  notification.set_note(notice.note);
  if (notice.due.has_value()) *notification.mutable_due_date() = base::DateOf(*notice.due);
  notification.set_actor(actor);
  commands.push_back(std::move(notify));
}

}  // namespace crm::customer
