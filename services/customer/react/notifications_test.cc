#include "services/customer/react/notifications.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/notice.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ParseText;

class Notifications : public ::testing::Test {
 protected:
  Notifications() {
    v1::Customer customer;
    customer.set_name("customers/c1");
    customer.set_owner("ann");
    rows_.Put(kCustomers, customer);
    v1::Staff eve;
    eve.set_name("staff/eve");
    eve.set_manager("staff/boss");
    rows_.Put(kStaff, eve);
  }

  template <class E>
  std::vector<std::string> Told(engine::Commands (*react)(const engine::ForeignEvent<E>&,
                                                          const engine::Snapshot&),
                                const std::string& event, const std::string& name,
                                const std::string& actor = "user:dan") {
    const E parsed = ParseText<E>(event);
    const engine::EventMeta meta{.actor = actor, .name = name, .revision = 3};
    std::vector<std::string> told;
    for (const auto& command : react({parsed, meta}, rows_)) {
      last_.CopyFrom(*command);
      told.push_back(
          absl::StrCat(last_.parent(), " ",
                       v1::NotificationReason_Name(last_.notification().reason()).substr(20)));
    }
    return told;
  }
  std::vector<std::string> OfCustomer(const std::string& event,
                                      const std::string& actor = "user:dan") {
    return Told(NotifyOfCustomer, event, "customers/c1", actor);
  }

  testing::FakeRows rows_{kCustomers,        kStaff,    kRedirects, kNotifications, kErasures,
                          kCustomerPolicies, kPositions};
  v1::NotifyRequest last_;
};

TEST_F(Notifications, WhoGetsACustomerAndWhoLosesItAreTold) {
  const std::string transferred = "transferred { previous_owner: 'bob' owner: 'ann' reason: 'x' }";
  EXPECT_THAT(OfCustomer(transferred),
              ElementsAre("staff/ann CUSTOMER_GIVEN", "staff/bob CUSTOMER_TAKEN"));
  EXPECT_EQ(last_.notification().note(), "x");
  EXPECT_EQ(last_.notification().about(), "customers/c1");
  EXPECT_EQ(last_.notification().customer(), "customers/c1");
  EXPECT_THAT(OfCustomer(transferred, "user:ann"), ElementsAre("staff/bob CUSTOMER_TAKEN"));
  EXPECT_THAT(OfCustomer("transferred { owner: 'ann' }"), ElementsAre("staff/ann CUSTOMER_GIVEN"));
  // A transfer tells when it has ended; what somebody wrote as a reason makes none.
  EXPECT_THAT(OfCustomer("transferred { owner: 'ann' transfer: 'transfers/t' }"), IsEmpty());
  EXPECT_THAT(OfCustomer("transferred { owner: 'ann' reason: 'transfers/t' }"),
              ElementsAre("staff/ann CUSTOMER_GIVEN"));
  EXPECT_THAT(OfCustomer("released { previous_owner: 'ann' }"),
              ElementsAre("staff/ann CUSTOMER_TAKEN"));
  EXPECT_THAT(OfCustomer("released { previous_owner: 'ann' }", "user:ann"), IsEmpty());
  EXPECT_THAT(OfCustomer("verified {}"), IsEmpty());
}

TEST_F(Notifications, AnErasureThatIsOverdueIsToldToAllWhoHaveToDoWithIt) {
  const std::string overdue = "became_overdue { due_date { year: 2026 month: 3 day: 1 } }";
  const auto told = [&] {
    return Told(NotifyOfErasure, overdue, "erasures/e", "service:customer");
  };
  EXPECT_THAT(told(), IsEmpty()) << "of one that is not there";
  v1::Erasure erasure;
  erasure.set_name("erasures/e");
  erasure.set_subject("customers/c1");
  erasure.add_steps()->set_actor("user:bob");
  rows_.Put(kErasures, erasure);
  EXPECT_THAT(told(), ElementsAre("staff/ann ERASURE_OVERDUE", "staff/bob ERASURE_OVERDUE"));
  EXPECT_EQ(last_.notification().about(), "erasures/e");
  EXPECT_EQ(last_.notification().customer(), "customers/c1");
  EXPECT_EQ(last_.notification().due_date().day(), 1);
  rows_.Put(kCustomerPolicies,
            ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' erasure_staff: 'dpo' "
                                          "erasure_staff: 'bob'"));
  erasure.set_subject("contacts/k1");
  rows_.Put(kErasures, erasure);
  EXPECT_THAT(told(), ElementsAre("staff/bob ERASURE_OVERDUE", "staff/dpo ERASURE_OVERDUE"));
  EXPECT_EQ(last_.notification().customer(), "");
  // Also under a name that was merged into it, and whoever the customer was merged into.
  rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/old/positions/p' contact: "
                                                "'contacts/k2'"));
  EXPECT_THAT(told(), ElementsAre("staff/bob ERASURE_OVERDUE", "staff/dpo ERASURE_OVERDUE"));
  for (const char* redirect : {"customer: 'contacts/k2' survivor: 'contacts/k1'",
                               "customer: 'customers/old' survivor: 'customers/c1'"})
    rows_.Put(kRedirects, ParseText<v1::Redirect>(redirect));
  EXPECT_THAT(told(), ElementsAre("staff/ann ERASURE_OVERDUE", "staff/bob ERASURE_OVERDUE",
                                  "staff/dpo ERASURE_OVERDUE"));
  EXPECT_THAT(Told(NotifyOfErasure, "approved {}", "erasures/e"), IsEmpty());
}

TEST_F(Notifications, OwnersOfWhoMayBeOneAreToldOnceOfASearch) {
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c2' owner: 'bob'"));
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c3' owner: 'ann'"));
  const auto told = [&](const std::string& second, const std::string& source,
                        const std::string& name, const std::string& actor = "service:customer") {
    return Told(NotifyOfMergeCase,
                "opened { merge_case { first_customer: 'customers/c1' second_customer: '" + second +
                    "' source: '" + source + "' } }",
                name, actor);
  };
  EXPECT_THAT(told("customers/c2", "", "mergeCases/m"),
              ElementsAre("staff/ann MERGE_SUGGESTED", "staff/bob MERGE_SUGGESTED"));
  EXPECT_EQ(last_.notification().about(), "mergeCases/m");
  EXPECT_THAT(told("customers/c3", "", "mergeCases/n"), ElementsAre("staff/ann MERGE_SUGGESTED"));
  EXPECT_EQ(last_.notification().customer(), "customers/c1");
  const std::string by_hand = last_.notification_id();
  EXPECT_THAT(told("customers/c3", "duplicateScans/s", "mergeCases/o"),
              ElementsAre("staff/ann MERGE_SUGGESTED"));
  const std::string of_scan = last_.notification_id();
  EXPECT_NE(of_scan, by_hand);
  v1::Notification notification;
  notification.set_name("staff/ann/notifications/" + of_scan);
  rows_.Put(kNotifications, notification);
  EXPECT_THAT(told("customers/c2", "duplicateScans/s", "mergeCases/p"),
              ElementsAre("staff/bob MERGE_SUGGESTED"));
  EXPECT_THAT(told("customers/c3", "duplicateScans/t", "mergeCases/q"),
              ElementsAre("staff/ann MERGE_SUGGESTED"));
  // Whoever makes a case by hand may call its source what they like.
  EXPECT_THAT(told("customers/c3", "duplicateScans/s", "mergeCases/r", "user:dan"),
              ElementsAre("staff/ann MERGE_SUGGESTED"));
  EXPECT_THAT(told("customers/c3", "duplicateScans/s", "mergeCases/s", "service:sales-pipeline"),
              ElementsAre("staff/ann MERGE_SUGGESTED"));
  told("customers/c3", "my list", "mergeCases/t");
  const std::string first = last_.notification_id();
  told("customers/c3", "my list", "mergeCases/u");
  EXPECT_NE(last_.notification_id(), first);
  EXPECT_THAT(Told(NotifyOfMergeCase, "rejected {}", "mergeCases/m"), IsEmpty());
}

TEST_F(Notifications, OwnersWhereContactsAreThatMayBeOneAreTold) {
  const auto told = [&] {
    return Told(NotifyOfMergeCase,
                "opened { merge_case { first_contact: 'contacts/a' second_contact: 'contacts/b' } "
                "}",
                "mergeCases/k");
  };
  const auto position = [&](const std::string& name, const std::string& fields) {
    rows_.Put(kPositions, ParseText<v1::Position>("name: 'customers/" + name + "' " + fields));
  };
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c2' owner: 'bob'"));
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c3'"));
  EXPECT_THAT(told(), IsEmpty()) << "they are nowhere";
  // The case is of 1970-01-01.
  position("c2/positions/old", "contact: 'contacts/a' end_date { year: 1969 month: 12 day: 31 }");
  position("c2/positions/later", "contact: 'contacts/b' start_date { year: 1970 month: 1 day: 2 }");
  position("c3/positions/p", "contact: 'contacts/a'");
  EXPECT_THAT(told(), IsEmpty()) << "nobody's customer";
  position("c1/positions/p", "contact: 'contacts/a'");
  position("c1/positions/q", "contact: 'contacts/b'");
  EXPECT_THAT(told(), ElementsAre("staff/ann MERGE_SUGGESTED"));
  EXPECT_EQ(last_.notification().about(), "mergeCases/k");
  EXPECT_EQ(last_.notification().customer(), "customers/c1");
  position("old/positions/p", "contact: 'contacts/b2' end_date { year: 1970 month: 1 day: 1 }");
  for (const char* redirect : {"customer: 'contacts/b2' survivor: 'contacts/b'",
                               "customer: 'customers/old' survivor: 'customers/c2'"})
    rows_.Put(kRedirects, ParseText<v1::Redirect>(redirect));
  EXPECT_THAT(told(), ElementsAre("staff/ann MERGE_SUGGESTED", "staff/bob MERGE_SUGGESTED"));
  EXPECT_EQ(last_.notification().customer(), "customers/c2");
}

TEST_F(Notifications, TheOwnerOfALostCustomerIsTold) {
  EXPECT_THAT(OfCustomer("lost { loss { loss_reason: 'price' } owner: 'bob' }"),
              ElementsAre("staff/bob CUSTOMER_LOST"));
  EXPECT_EQ(last_.notification().note(), "price");
  EXPECT_THAT(OfCustomer("lost { owner: 'ann' }", "user:ann"), IsEmpty());
  EXPECT_THAT(OfCustomer("lost {}"), IsEmpty());
}

TEST_F(Notifications, OwnersOfMergedCustomersAreToldOnce) {
  const std::string absorbed = "absorbed { absorbed: 'customers/c2' owner: 'ann' absorbed_owner: ";
  EXPECT_THAT(OfCustomer(absorbed + "'bob' }"),
              ElementsAre("staff/ann CUSTOMER_MERGED", "staff/bob CUSTOMER_MERGED"));
  EXPECT_EQ(last_.notification().about(), "customers/c2");
  EXPECT_EQ(last_.notification().customer(), "customers/c1");
  EXPECT_THAT(OfCustomer(absorbed + "'ann' }"), ElementsAre("staff/ann CUSTOMER_MERGED"));
  EXPECT_THAT(OfCustomer(absorbed + "'' }"), ElementsAre("staff/ann CUSTOMER_MERGED"));
  // The survivor may yet decline.
  EXPECT_THAT(OfCustomer("merged { survivor: 'customers/c2' customer { owner: 'bob' } }"),
              IsEmpty());
}

TEST_F(Notifications, OwnersAreToldThatAMergeWasUndone) {
  EXPECT_THAT(OfCustomer("merge_reversed { absorbed: 'customers/c2' owner: 'ann' }"),
              ElementsAre("staff/ann CUSTOMER_MERGED"));
  EXPECT_THAT(OfCustomer("unmerged { survivor: 'customers/c2' owner: 'bob' }"),
              ElementsAre("staff/bob CUSTOMER_MERGED"));
  EXPECT_THAT(OfCustomer("unmerged { owner: 'bob' decline_reason: REASON_CUSTOMER_ERASED }"),
              IsEmpty());
}

TEST_F(Notifications, WhoGetsOrLosesACustomerByHandIsToldUnlessByAnImport) {
  EXPECT_THAT(OfCustomer("created { customer { owner: 'ann' } }"),
              ElementsAre("staff/ann CUSTOMER_GIVEN"));
  EXPECT_THAT(OfCustomer("created { customer { owner: 'ann' } }", "user:ann"), IsEmpty());
  EXPECT_THAT(OfCustomer("created { customer {} }"), IsEmpty());
  EXPECT_THAT(OfCustomer("created { customer { owner: 'ann' external_ids { id: '1' } } }"),
              ElementsAre("staff/ann CUSTOMER_GIVEN"))
      << "whoever makes it by hand may know its number elsewhere";
  EXPECT_THAT(OfCustomer("created { customer { owner: 'ann' } imported: true }"), IsEmpty());
  EXPECT_THAT(OfCustomer("created { customer { owner: 'ann' } }", "service:customer"), IsEmpty());
  const std::string updated =
      "updated { changed { paths: 'owner' } customer { owner: 'ann' } previous_owner: 'bob' "
      "owner_reason: 'nearer' ";
  EXPECT_THAT(OfCustomer(updated + "}"),
              ElementsAre("staff/ann CUSTOMER_GIVEN", "staff/bob CUSTOMER_TAKEN"));
  EXPECT_EQ(last_.notification().note(), "nearer");
  EXPECT_THAT(OfCustomer(updated + "}", "user:bob"), ElementsAre("staff/ann CUSTOMER_GIVEN"));
  EXPECT_THAT(OfCustomer(updated + "imported: true }"), IsEmpty());
  EXPECT_THAT(OfCustomer("updated { changed { paths: 'owner' } previous_owner: 'bob' }"),
              ElementsAre("staff/bob CUSTOMER_TAKEN"));
  EXPECT_THAT(OfCustomer("updated { changed { paths: 'region' } customer { region: 'x' } }"),
              IsEmpty());
}

TEST_F(Notifications, TheOwnerIsToldOfANextStepThatSomebodyElseRecorded) {
  const auto met = [&](const std::string& fields, const std::string& actor = "user:bob") {
    return Told(NotifyOfTouchpoint, "recorded { touchpoint { " + fields + " } }",
                "customers/c1/touchpoints/t", actor);
  };
  EXPECT_THAT(met("staff: 'bob' next_step: 'offer' next_step_date { year: 2026 month: 3 day: 9 }"),
              ElementsAre("staff/ann NEXT_STEP"));
  EXPECT_EQ(last_.notification().about(), "customers/c1/touchpoints/t");
  EXPECT_EQ(last_.notification().note(), "offer");
  EXPECT_EQ(last_.notification().due_date().day(), 9);
  EXPECT_THAT(met("staff: 'bob'"), IsEmpty());
  // Whose customer it was then, whoever has it now.
  const std::string recorded = "recorded { owner: 'eve' touchpoint { next_step: 'offer' staff: ";
  EXPECT_THAT(Told(NotifyOfTouchpoint, recorded + "'bob' } }", "customers/c1/touchpoints/t"),
              ElementsAre("staff/eve NEXT_STEP"));
  EXPECT_THAT(Told(NotifyOfTouchpoint, recorded + "'eve' } }", "customers/c1/touchpoints/t"),
              IsEmpty());
  EXPECT_THAT(met("staff: 'ann' next_step: 'offer'"), IsEmpty());
  EXPECT_THAT(met("staff: 'bob' next_step: 'offer'", "user:ann"), IsEmpty());
  EXPECT_THAT(Told(NotifyOfTouchpoint, "recorded { touchpoint { next_step: 'offer' } }",
                   "customers/nobody/touchpoints/t"),
              IsEmpty());
}

TEST_F(Notifications, TheManagerIsToldOfWhoLeaves) {
  const std::string day = "{ leave_date { year: 2026 month: 6 day: 30 } }";
  EXPECT_THAT(Told(NotifyOfStaff, "leave_planned " + day, "staff/eve"),
              ElementsAre("staff/boss STAFF_LEAVES"));
  EXPECT_EQ(last_.notification().due_date().month(), 6);
  EXPECT_THAT(Told(NotifyOfStaff, "left " + day, "staff/eve"),
              ElementsAre("staff/boss STAFF_LEAVES"));
  // By the timer: it was said when it was planned.
  EXPECT_THAT(Told(NotifyOfStaff, "left " + day, "staff/eve", "service:customer"), IsEmpty());
  EXPECT_THAT(Told(NotifyOfStaff, "leave_planned " + day, "staff/nobody"), IsEmpty());
  // To whom they reported then.
  EXPECT_THAT(Told(NotifyOfStaff, "leave_planned { manager: 'staff/lead' }", "staff/eve"),
              ElementsAre("staff/lead STAFF_LEAVES"));
  EXPECT_THAT(Told(NotifyOfStaff, "left { manager: 'staff/lead' }", "staff/eve"),
              ElementsAre("staff/lead STAFF_LEAVES"));
}

TEST_F(Notifications, TheOwnerIsToldOfComplaintsAndOfWhatIsUrgent) {
  const auto opened = [&](const std::string& fields) {
    return Told(NotifyOfTicket, "opened { ticket { " + fields + " } }", "customers/c1/tickets/t");
  };
  EXPECT_THAT(opened("owner: 'bob' type: TICKET_TYPE_COMPLAINT priority: PRIORITY_URGENT"),
              ElementsAre("staff/bob COMPLAINT"));
  EXPECT_THAT(opened("owner: 'bob' type: TICKET_TYPE_FAULT priority: PRIORITY_URGENT"),
              ElementsAre("staff/bob URGENT_TICKET"));
  EXPECT_THAT(opened("owner: 'bob' type: TICKET_TYPE_FAULT priority: PRIORITY_HIGH"), IsEmpty());
  // Whose customer it was then, whoever has it now.
  EXPECT_THAT(opened("type: TICKET_TYPE_COMPLAINT"), IsEmpty());
  EXPECT_THAT(Told(NotifyOfTicket, "started {}", "customers/c1/tickets/t"), IsEmpty());
}

TEST_F(Notifications, AReminderTellsWhomItIsFor) {
  const auto fired = [&](const std::string& fields) {
    return Told(NotifyOfReminder, "fired { reminder { " + fields + " } }", "staff/ann/reminders/r",
                "service:customer");
  };
  EXPECT_THAT(fired("note: 'call' setter: 'user:ann'"), ElementsAre("staff/ann REMINDER"));
  EXPECT_EQ(last_.notification().about(), "staff/ann/reminders/r");
  EXPECT_EQ(last_.notification().actor(), "user:ann");
  EXPECT_THAT(fired("about: 'customers/c1' customer: 'customers/c1'"),
              ElementsAre("staff/ann REMINDER"));
  EXPECT_EQ(last_.notification().about(), "customers/c1");
  EXPECT_THAT(Told(NotifyOfReminder, "cancelled {}", "staff/ann/reminders/r"), IsEmpty());
}

TEST_F(Notifications, AnEscalationTellsWhoStandsIn) {
  const std::string name = "staff/ann/notifications/n";
  EXPECT_THAT(Told(NotifyOfNotification,
                   "escalated { time { seconds: 5 } staff: 'staff/lead' notification { reason: "
                   "NOTIFICATION_REASON_ESCALATION escalated { level: 1 } } }",
                   name),
              ElementsAre("staff/lead ESCALATION"));
  EXPECT_EQ(last_.notification().occur_time().seconds(), 5);
  EXPECT_EQ(last_.notification_id(), base::DeriveId({name, "3", "NOTIFICATION_REASON_ESCALATION"}));
  EXPECT_THAT(Told(NotifyOfNotification, "escalated {}", name), IsEmpty());
  EXPECT_THAT(Told(NotifyOfNotification, "made {}", name), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
