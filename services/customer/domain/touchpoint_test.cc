#include "services/customer/domain/touchpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

TouchpointModel::Facts Of(v1::CustomerStatus status) {
  TouchpointModel::Facts facts;
  facts.customer.emplace().set_status(status);
  return facts;
}

// FixedContext is user:tester on 2026-03-02 10:00 UTC.
constexpr char kNow[] = "occur_time { seconds: 1772445600 } ";
constexpr char kCall[] = "channel: CHANNEL_PHONE direction: DIRECTION_IN ";
constexpr char kSaid[] = "personal { subject: 'asked for a date' } ";
std::string Recorded(const std::string& more = "") {
  return "recorded { touchpoint { " + std::string(kCall) + kNow + "staff: 'tester' " + more + "} " +
         kSaid + "}";
}
std::string With(const std::string& more) {
  return "touchpoint { " + std::string(kCall) + kSaid + more + " }";
}

TEST(RecordTouchpoint, Rules) {
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {
          {"takes time and staff from the call when they are not given", {}, With(""), Recorded()},
          {"takes what it is told",
           {},
           With("occur_time { seconds: 1772000000 } staff: 'ann' contacts: 'contacts/k1' "
                "next_step: 'offer' next_step_date { year: 2026 month: 3 day: 9 } device_time { "
                "seconds: 1772000001 }"),
           "recorded { touchpoint { " + std::string(kCall) +
               "occur_time { seconds: 1772000000 } staff: 'ann' contacts: 'contacts/k1' next_step: "
               "'offer' next_step_date { year: 2026 month: 3 day: 9 } device_time { seconds: "
               "1772000001 } } " +
               kSaid + "}"},
          {"takes a clock that is a day ahead",
           {},
           With("occur_time { seconds: 1772532000 }"),
           "recorded { touchpoint { " + std::string(kCall) +
               "occur_time { seconds: 1772532000 } staff: 'tester' } " + kSaid + "}"},
          {"refuses the future",
           {},
           With("occur_time { seconds: 1772532001 }"),
           "!field:touchpoint.occur_time"},
          {"refuses a time that is none",
           {},
           With("occur_time { seconds: -9000000000000 }"),
           "!field:touchpoint.occur_time"},
          {"refuses a time before 1970",
           {},
           With("occur_time { seconds: -1 }"),
           "!field:touchpoint.occur_time"},
          {"refuses a time of a device that is none",
           {},
           With("device_time { nanos: -5 }"),
           "!field:touchpoint.device_time"},
          {"refuses staff by another name than their id",
           {},
           With("staff: 'staff/ann'"),
           "!field:touchpoint.staff"},
      },
      FixedContext<TouchpointModel>(), Of(v1::CUSTOMER_STATUS_PROSPECT));
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {{"refuses one of somebody erased", {}, With(""), "!CUSTOMER_ERASED"}},
      FixedContext<TouchpointModel>(), Of(v1::CUSTOMER_STATUS_ERASED));
}

class TouchpointReferences : public ::testing::Test {
 protected:
  TouchpointReferences() {
    rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/k1'"));
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
    rows_.Put(kTouchpoints, ParseText<v1::Touchpoint>("name: 'customers/c/touchpoints/t' staff: "
                                                      "'old' contacts: 'contacts/old'"));
  }
  std::string Recording(const std::string& fields, const std::string& actor = "user:ann") {
    engine::Context context = FixedContext<TouchpointModel>();
    context.actor = actor;
    v1::RecordTouchpointRequest record;
    *record.mutable_touchpoint() = ParseText<v1::Touchpoint>(fields);
    return base::ReasonOf(TouchpointModel::Gather(record, context, rows_).references);
  }
  std::string Updating(const std::string& fields) {
    v1::UpdateTouchpointRequest update;
    *update.mutable_touchpoint() = ParseText<v1::Touchpoint>(fields);
    update.mutable_touchpoint()->set_name("customers/c/touchpoints/t");
    return base::ReasonOf(
        TouchpointModel::Gather(update, FixedContext<TouchpointModel>(), rows_).references);
  }

  testing::FakeRows rows_{kCustomers, kContacts, kStaff, kTouchpoints};
};

TEST_F(TouchpointReferences, AreThoseThatAreKnown) {
  EXPECT_EQ(Recording("staff: 'ann' contacts: 'contacts/k1'"), "");
  EXPECT_EQ(Recording(""), "");
  EXPECT_EQ(Recording("contacts: 'contacts/k1' contacts: 'contacts/k2'"), "CONTACT_UNKNOWN");
  EXPECT_EQ(Recording("staff: 'eve'"), "STAFF_UNKNOWN");
  EXPECT_EQ(Recording("staff: 'eve' contacts: 'contacts/k2'", "service:customer"), "");
  EXPECT_EQ(Updating("staff: 'old' contacts: 'contacts/old'"), "") << "they may stay";
  EXPECT_EQ(Updating("contacts: 'contacts/old' contacts: 'contacts/k2'"), "CONTACT_UNKNOWN");
  EXPECT_EQ(Updating("staff: 'eve'"), "STAFF_UNKNOWN");
}

TEST_F(TouchpointReferences, AreRefusedWhereTheyChange) {
  TouchpointModel::Facts facts = Of(v1::CUSTOMER_STATUS_PROSPECT);
  facts.references = base::Refused(v1::REASON_CONTACT_UNKNOWN, "as the test wants");
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {{"refuses whom the tables do not know",
        {},
        With("contacts: 'contacts/k'"),
        "!CONTACT_UNKNOWN"},
       {"says first what has not its form",
        {},
        With("contacts: 'k'"),
        "!field:touchpoint.contacts[0]"}},
      FixedContext<TouchpointModel>(), facts);
  CheckDecisions<TouchpointModel, v1::UpdateTouchpointRequest>(
      {{"refuses whom the tables do not know",
        {Recorded()},
        "touchpoint { contacts: 'contacts/k' }",
        "!CONTACT_UNKNOWN"},
       {"says nothing of other fields",
        {Recorded()},
        "touchpoint { next_step: 'offer' }",
        "updated { changed { paths: 'next_step' } touchpoint { next_step: 'offer' } }"}},
      FixedContext<TouchpointModel>(), facts);
}

TEST(RecordTouchpoint, SaysWhoLooksAfterTheCustomer) {
  TouchpointModel::Facts facts = Of(v1::CUSTOMER_STATUS_PROSPECT);
  facts.customer->set_owner("ann");
  const auto context = FixedContext<TouchpointModel>();
  const auto recorded = [&](const std::string& more) {
    return "recorded { " + more + "touchpoint { " + kCall + kNow + "staff: 'tester' } " + kSaid +
           "}";
  };
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {{"by its owner", {}, With(""), recorded("owner: 'ann' ")}}, context, facts);
  facts.customer->set_merged_into("customers/b");
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {{"not by the owner of one that was merged", {}, With(""), recorded("")}}, context, facts);
}

std::string Wish(const std::string& fields) { return " ticket_wish { " + fields + " }"; }

TEST(RecordTouchpoint, AsksForATicketOfANameOfItsOwn) {
  const std::string parent = "parent: 'customers/customer-1' ";
  const std::string wish =
      Wish("kind: TICKET_WISH_KIND_FAULT impact: 2 urgency: 3 queue: 'repairs'");
  const std::string recorded = Recorded(
      "ticket: 'customers/customer-1/tickets/" +
      base::DeriveId({"ticket of a touchpoint", FixedContext<TouchpointModel>().name}) + "' ");
  const std::string ours =
      "touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_OUT " + std::string(kSaid) + " }";
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {
          {"says which, and what is wanted",
           {},
           parent + With("") + wish,
           recorded.substr(0, recorded.size() - 1) + wish + " }"},
          {"takes none that the caller names",
           {},
           parent + With("ticket: 'customers/customer-1/tickets/x'") + wish,
           recorded.substr(0, recorded.size() - 1) + wish + " }"},
          {"refuses one of a contact that we began", {}, ours + wish, "!field:ticket_wish"},
          {"needs a kind", {}, With("") + Wish("impact: 2 urgency: 3"), "!field:ticket_wish.kind"},
          {"refuses a kind that is none",
           {},
           With("") + Wish("kind: 99 impact: 2 urgency: 3"),
           "!field:ticket_wish.kind"},
          {"needs an impact",
           {},
           With("") + Wish("kind: TICKET_WISH_KIND_FAULT urgency: 3"),
           "!field:ticket_wish.impact"},
          {"refuses an urgency beyond the worst",
           {},
           With("") + Wish("kind: TICKET_WISH_KIND_FAULT impact: 2 urgency: 5"),
           "!field:ticket_wish.urgency"},
          {"refuses a queue that is no id",
           {},
           With("") + Wish("kind: TICKET_WISH_KIND_FAULT impact: 2 urgency: 3 queue: 'A B'"),
           "!field:ticket_wish.queue"},
          {"refuses a lead", {}, With("") + " lead_wanted: true", "!LEADS_NOT_AVAILABLE"},
      },
      FixedContext<TouchpointModel>(), Of(v1::CUSTOMER_STATUS_PROSPECT));
}

TEST(RecordTouchpoint, RefusesBadShapesByTheirField) {
  CheckDecisions<TouchpointModel, v1::RecordTouchpointRequest>(
      {
          {"needs a channel",
           {},
           "touchpoint { direction: DIRECTION_IN personal { subject: 'x' } }",
           "!field:touchpoint.channel"},
          {"needs a direction",
           {},
           "touchpoint { channel: CHANNEL_FAX personal { subject: 'x' } }",
           "!field:touchpoint.direction"},
          {"needs a subject",
           {},
           "touchpoint { " + std::string(kCall) + "personal { notes: 'x' } }",
           "!field:touchpoint.personal.subject"},
          {"refuses a date of nothing",
           {},
           With("next_step_date { year: 2026 month: 3 day: 9 }"),
           "!field:touchpoint.next_step_date"},
          {"refuses half a date",
           {},
           With("next_step: 'x' next_step_date { month: 3 day: 9 }"),
           "!field:touchpoint.next_step_date"},
          {"refuses what is no contact",
           {},
           With("contacts: 'contacts/k1' contacts: 'k2'"),
           "!field:touchpoint.contacts[1]"},
          {"refuses a contact twice",
           {},
           With("contacts: 'contacts/k1' contacts: 'contacts/k1'"),
           "!field:touchpoint.contacts[1]"},
          {"refuses an attachment that is nowhere",
           {},
           With("attachments: ' '"),
           "!field:touchpoint.attachments[0]"},
      },
      FixedContext<TouchpointModel>(), Of(v1::CUSTOMER_STATUS_PROSPECT));
}

TEST(RecordTouchpoint, NeedsItsCustomer) {
  const auto record = ParseText<v1::RecordTouchpointRequest>("parent: 'customers/c9' " + With(""));
  const testing::FakeRows rows(kCustomers);
  const auto context = FixedContext<TouchpointModel>();
  const auto decided =
      TouchpointModel::Decide({}, record, context, TouchpointModel::Gather(record, context, rows));
  EXPECT_EQ(decided.status().code(), absl::StatusCode::kNotFound);
}

TEST(RecordTouchpoint, AServiceIsNobodyOfUs) {
  auto context = FixedContext<TouchpointModel>();
  context.actor = "service:telephone";
  const auto decided = TouchpointModel::Decide({}, ParseText<v1::RecordTouchpointRequest>(With("")),
                                               context, Of(v1::CUSTOMER_STATUS_ACTIVE));
  ASSERT_TRUE(decided.ok());
  EXPECT_EQ((*decided)->recorded().touchpoint().staff(), "");
  context.actor = "user:ann@ours.example";
  const auto elsewhere =
      TouchpointModel::Decide({}, ParseText<v1::RecordTouchpointRequest>(With("")), context,
                              Of(v1::CUSTOMER_STATUS_ACTIVE));
  ASSERT_TRUE(elsewhere.ok());
  EXPECT_EQ((*elsewhere)->recorded().touchpoint().staff(), "");
}

TEST(UpdateTouchpoint, Rules) {
  CheckDecisions<TouchpointModel, v1::UpdateTouchpointRequest>(
      {
          {"adds what came of it, and leaves the rest",
           {Recorded()},
           "touchpoint { personal { outcome: 'will wait' } next_step: 'call' } update_mask { "
           "paths: 'personal.outcome' paths: 'next_step' }",
           "updated { changed { paths: 'personal.outcome' paths: 'next_step' } touchpoint { "
           "next_step: 'call' } personal { outcome: 'will wait' } }"},
          {"is quiet when it is so already",
           {Recorded("next_step: 'call' ")},
           "touchpoint { next_step: 'call' } update_mask { paths: 'next_step' }",
           ""},
          {"refuses to leave it without a subject",
           {Recorded()},
           "touchpoint {} update_mask { paths: 'personal' }",
           "!field:touchpoint.personal.subject"},
          {"refuses to leave it without a time",
           {Recorded()},
           "touchpoint {} update_mask { paths: 'occur_time' }",
           "!field:touchpoint.occur_time"},
          {"refuses to move it into the future of its recording",
           {Recorded()},
           "touchpoint { occur_time { seconds: 1782445600 } }",
           "!field:touchpoint.occur_time"},
      },
      FixedContext<TouchpointModel>(), Of(v1::CUSTOMER_STATUS_PROSPECT));
  CheckDecisions<TouchpointModel, v1::UpdateTouchpointRequest>({{"refuses one of somebody erased",
                                                                 {Recorded()},
                                                                 "touchpoint { next_step: 'x' }",
                                                                 "!CUSTOMER_ERASED"}},
                                                               FixedContext<TouchpointModel>(),
                                                               Of(v1::CUSTOMER_STATUS_ERASED));
}

TEST(UpdateTouchpoint, KeepsWhatWasSaidUnlessTold) {
  const v1::Touchpoint after =
      Given<TouchpointModel>({Recorded(),
                              "updated { changed { paths: 'personal.outcome' } personal { outcome: "
                              "'will wait' } }"});
  EXPECT_EQ(after.personal().subject(), "asked for a date");
  EXPECT_EQ(after.personal().outcome(), "will wait");
}

}  // namespace
}  // namespace crm::customer
