// The tables of notifications, reminders and their policy. Changing a line rebuilds it from the
// logs.
#pragma once

#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/notification_policy.pb.h"
#include "crm/customer/v1/reminder.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::Notification> kNotifications{
    .name = "notifications",
    .key = {"name"},
    .indexes = {{.name = "by_staff", .fields = {"staff", "state", "occur_time"}},
                {.name = "by_staff_time", .fields = {"staff", "occur_time"}},
                {.name = "by_customer", .fields = {"customer", "occur_time"}},
                {.name = "by_about", .fields = {"about"}},
                {.name = "by_reason", .fields = {"reason", "occur_time"}}}};

inline constexpr table::TableSpec<v1::Reminder> kReminders{
    .name = "reminders",
    .key = {"name"},
    .indexes = {{.name = "by_staff", .fields = {"staff", "state", "remind_time"}},
                {.name = "by_customer", .fields = {"customer", "remind_time"}},
                {.name = "by_about", .fields = {"about"}}}};

// Configuration: who is told of what, and what becomes of what nobody reads.
inline constexpr table::TableSpec<v1::NotificationPolicy> kNotificationPolicies{
    .name = "notification_policies", .key = {"name"}};
inline constexpr char kStandardNotificationPolicy[] = "notificationPolicies/standard";

}  // namespace crm::customer
