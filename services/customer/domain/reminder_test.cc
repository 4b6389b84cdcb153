#include "services/customer/domain/reminder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;

// FixedContext is user:tester on 2026-03-02 10:00 UTC, which is second 1772445600.
constexpr char kInAnHour[] = "remind_time { seconds: 1772449200 } ";
constexpr char kAnHourAgo[] = "remind_time { seconds: 1772442000 } ";

std::string Reminder(const std::string& fields) { return "reminder { " + fields + " }"; }
std::string Set(const std::string& fields) {
  return "set { " + Reminder(fields + " setter: 'user:tester'") + " }";
}
const std::string kPending = Set(std::string(kInAnHour) + "note: 'call'");
const std::string kDue = Set(std::string(kAnHourAgo) + "note: 'call'");
const std::string kFired = "fired { time { seconds: 1772445600 } }";
const std::string kCancelled = "cancelled { time { seconds: 1772445600 } }";

ReminderModel::Facts Of(v1::StaffStatus status) {
  ReminderModel::Facts facts;
  facts.staff.emplace().set_status(status);
  return facts;
}

TEST(SetReminder, Rules) {
  using Model = ReminderModel;
  const auto context = FixedContext<Model>();
  const std::string soon = kInAnHour;
  CheckDecisions<Model, v1::SetReminderRequest>(
      {
          {"sets one", {}, Reminder(soon + "note: 'call'"), kPending},
          {"finds the customer in what it is about",
           {},
           Reminder(soon + "about: 'customers/c1/tickets/t1'"),
           Set(soon + "about: 'customers/c1/tickets/t1' customer: 'customers/c1'")},
          {"takes the customer that it is told",
           {},
           Reminder(soon + "about: 'activities/a1' customer: 'customers/c2'"),
           Set(soon + "about: 'activities/a1' customer: 'customers/c2'")},
          {"refuses to be about what is no name",
           {},
           Reminder(soon + "about: 'customers/C 1/x'"),
           "!field:reminder.about"},
          {"refuses a word", {}, Reminder(soon + "about: 'foo'"), "!field:reminder.about"},
          {"refuses what is another customer's",
           {},
           Reminder(soon + "about: 'customers/c1/orders/o1' customer: 'customers/c2'"),
           "!field:reminder.about"},
          {"needs a time", {}, Reminder("note: 'call'"), "!field:reminder.remind_time"},
          {"refuses a time that is none",
           {},
           Reminder("remind_time { nanos: -1 } note: 'call'"),
           "!field:reminder.remind_time"},
          {"refuses the past",
           {},
           Reminder(std::string(kAnHourAgo) + "note: 'call'"),
           "!field:reminder.remind_time"},
          {"refuses now",
           {},
           Reminder("remind_time { seconds: 1772445600 } note: 'call'"),
           "!field:reminder.remind_time"},
          {"refuses more than ten years",
           {},
           Reminder("remind_time { seconds: 2088669601 } note: 'call'"),
           "!field:reminder.remind_time"},
          {"needs something to say", {}, Reminder(soon + "note: ' '"), "!field:reminder.note"},
          {"refuses to be about nothing that can be seen",
           {},
           Reminder(soon + "about: ' ' note: 'call'"),
           "!field:reminder.about"},
          {"refuses a customer by another name",
           {},
           Reminder(soon + "note: 'call' customer: 'c1'"),
           "!field:reminder.customer"},
      },
      context, Of(v1::STAFF_STATUS_ACTIVE));
  CheckDecisions<Model, v1::SetReminderRequest>(
      {{"refuses somebody who has left", {}, Reminder(soon + "note: 'call'"), "!STAFF_LEFT"}},
      context, Of(v1::STAFF_STATUS_LEFT));
}

TEST(SetReminder, IsForSomebodyWeKnow) {
  v1::SetReminderRequest set;
  set.set_parent("staff/ann");
  const auto context = FixedContext<ReminderModel>();
  testing::FakeRows rows(kStaff);
  EXPECT_TRUE(absl::IsNotFound(
      ReminderModel::Decide({}, set, context, ReminderModel::Gather(set, context, rows)).status()));
  v1::Staff ann;
  ann.set_name("staff/ann");
  rows.Put(kStaff, ann);
  EXPECT_TRUE(ReminderModel::Gather(set, context, rows).staff.has_value());
}

TEST(UpdateReminder, Rules) {
  const auto to = [](const std::string& fields, const std::string& path) {
    return Reminder(fields) + " update_mask { paths: '" + path + "' }";
  };
  const std::string later = "remind_time { seconds: 1772452800 }";
  CheckDecisions<ReminderModel, v1::UpdateReminderRequest>({
      {"puts it off",
       {kPending},
       to(later, "remind_time"),
       "updated { changed { paths: 'remind_time' } " + Reminder(later) + " }"},
      {"says something else of one that is due",
       {kDue},
       to("note: 'write'", "note"),
       "updated { changed { paths: 'note' } " + Reminder("note: 'write'") + " }"},
      {"takes the customer of what it is about",
       {kPending},
       to("about: 'customers/c1/orders/o1'", "about"),
       "updated { changed { paths: 'about' paths: 'customer' } " +
           Reminder("about: 'customers/c1/orders/o1' customer: 'customers/c1'") + " }"},
      {"also without a mask",
       {kPending},
       Reminder("about: 'customers/c1'"),
       "updated { changed { paths: 'about' paths: 'customer' } " +
           Reminder("about: 'customers/c1' customer: 'customers/c1'") + " }"},
      {"forgets the customer of what it was about",
       {Set(std::string(kInAnHour) + "about: 'customers/c1' customer: 'customers/c1'")},
       to("about: 'activities/a1'", "about"),
       "updated { changed { paths: 'about' paths: 'customer' } " +
           Reminder("about: 'activities/a1'") + " }"},
      {"takes the customer that it is told",
       {kPending},
       Reminder("about: 'activities/a1' customer: 'customers/c2'") +
           " update_mask { paths: 'about' paths: 'customer' }",
       "updated { changed { paths: 'about' paths: 'customer' } " +
           Reminder("about: 'activities/a1' customer: 'customers/c2'") + " }"},
      {"refuses what is another customer's",
       {kPending},
       Reminder("about: 'customers/c1' customer: 'customers/c2'") +
           " update_mask { paths: 'about' paths: 'customer' }",
       "!field:reminder.about"},
      {"refuses another customer than that of what it is about",
       {Set(std::string(kInAnHour) + "about: 'customers/c1' customer: 'customers/c1'")},
       to("customer: 'customers/c2'", "customer"),
       "!field:reminder.about"},
      {"refuses to be about what is no name",
       {kPending},
       to("about: 'foo'", "about"),
       "!field:reminder.about"},
      {"refuses to be about nothing that can be seen",
       {kPending},
       to("about: ' '", "about"),
       "!field:reminder.about"},
      {"is quiet when it is so", {kPending}, to("note: 'call'", "note"), ""},
      {"is quiet when it is so, also of one that is over",
       {kPending, kCancelled},
       to("note: 'call'", "note"),
       ""},
      {"refuses the past",
       {kPending},
       to(kAnHourAgo, "remind_time"),
       "!field:reminder.remind_time"},
      {"refuses to say nothing", {kPending}, to("", "note"), "!field:reminder.note"},
      {"refuses one that has fired", {kDue, kFired}, to("note: 'write'", "note"), "!REMINDER_OVER"},
      {"refuses one that was taken back",
       {kPending, kCancelled},
       to("note: 'write'", "note"),
       "!REMINDER_OVER"},
  });
}

TEST(Reminder, OfAMergedCustomerIsOfTheOneThatStandsForIt) {
  const auto context = FixedContext<ReminderModel>();
  testing::FakeRows rows(kStaff, kReminders, kRedirects);
  rows.Put(kRedirects,
           testing::ParseText<v1::Redirect>("customer: 'customers/old' survivor: 'customers/c1'"));
  const std::string both = "about: 'customers/old/orders/o1' customer: 'customers/c1'";
  const auto set = testing::ParseText<v1::SetReminderRequest>(Reminder(kInAnHour + both));
  auto facts = ReminderModel::Gather(set, context, rows);
  facts.staff.emplace();
  EXPECT_EQ(testing::WordOf(ReminderModel::Decide({}, set, context, facts)), "set");
  auto row = Given<ReminderModel>({Set(kInAnHour + both)});
  row.set_name("staff/ann/reminders/r");
  rows.Put(kReminders, row);
  const auto update = testing::ParseText<v1::UpdateReminderRequest>(
      Reminder("name: 'staff/ann/reminders/r' customer: 'customers/old'"));
  EXPECT_EQ(testing::WordOf(ReminderModel::Decide(row, update, context,
                                                  ReminderModel::Gather(update, context, rows))),
            "updated");
}

TEST(CancelReminder, Rules) {
  CheckDecisions<ReminderModel, v1::CancelReminderRequest>({
      {"takes it back", {kPending}, "", kCancelled},
      {"is quiet the second time", {kPending, kCancelled}, "", ""},
      {"refuses one that has fired", {kDue, kFired}, "", "!REMINDER_OVER"},
  });
}

TEST(FireReminder, Rules) {
  const std::string carried =
      Reminder(std::string(kAnHourAgo) +
               "note: 'call' setter: 'user:tester' state: " + "REMINDER_STATE_PENDING");
  CheckDecisions<ReminderModel, v1::FireReminderRequest>({
      {"fires, and carries what is to be said",
       {kDue},
       "",
       "fired { time { seconds: 1772445600 } " + carried + " }"},
      {"is quiet before its time", {kPending}, "", ""},
      {"is quiet when it has", {kDue, kFired}, "", ""},
      {"is quiet when it was taken back", {kDue, kCancelled}, "", ""},
  });
}

TEST(Reminder, IsWokenUntilItIsOver) {
  EXPECT_EQ(ReminderModel::NextDue(Given<ReminderModel>({kPending})),
            absl::FromUnixSeconds(1'772'449'200));
  for (const std::string& end : {kFired, kCancelled}) {
    const auto state = Given<ReminderModel>({kPending, end});
    EXPECT_FALSE(ReminderModel::NextDue(state).has_value());
    EXPECT_EQ(state.end_time().seconds(), 1'772'445'600);
  }
}

}  // namespace
}  // namespace crm::customer
