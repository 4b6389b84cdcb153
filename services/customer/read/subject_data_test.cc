#include "services/customer/read/subject_data.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::FixedContext;
using testing::ParseText;

class SubjectData : public ::testing::Test {
 protected:
  SubjectData() {
    for (const char* id : {"a", "b"}) {
      const std::string name = std::string("customers/") + id;
      v1::Customer customer;
      customer.set_name(name);
      customer.mutable_personal()->add_phones("+4930123456");
      rows_.Put(kCustomers, customer);
      v1::Touchpoint touchpoint;
      touchpoint.set_name(name + "/touchpoints/1");
      touchpoint.add_contacts("contacts/x");
      rows_.Put(kTouchpoints, touchpoint);
      v1::Position position;
      position.set_name(name + "/positions/1");
      position.set_contact("contacts/x");
      rows_.Put(kPositions, position);
    }
    rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/x'"));
    rows_.Put(kExpenses, ParseText<v1::Expense>("name: 'customers/a/expenses/1'"));
    rows_.Put(kErasures, ParseText<v1::Erasure>("name: 'erasures/1' subject: 'customers/a'"));
  }

  absl::StatusOr<v1::ExportSubjectDataResponse> Export(const std::string& subject) {
    v1::ExportSubjectDataRequest request;
    request.set_subject(subject);
    return QuerySubjectData(request, rows_, FixedContext<CustomerModel>());
  }
  // How many records of each kind; -1: they lie elsewhere.
  static std::map<std::string, int> Counts(const v1::ExportSubjectDataResponse& response) {
    std::map<std::string, int> counts;
    for (const auto& section : response.sections())
      counts[section.kind()] = section.not_available() ? -1 : section.records_size();
    return counts;
  }

  FakeRows rows_{kCustomers,      kTouchpoints,     kPositions,        kContacts,
                 kExpenses,       kErasures,        kOwnerTerms,       kActivities,
                 kInterviews,     kInsightSheets,   kRedirects,        kMergeCases,
                 kNotifications,  kReminders,       kProgrammeMembers, kFollowedOpportunities,
                 kFollowedOrders, kFollowedTickets, kTargetLists,      kTransferItems};
};

TEST_F(SubjectData, OfACustomerIsAllThatHangsOnIt) {
  rows_.Put(kMergeCases, ParseText<v1::MergeCase>("name: 'mergeCases/m' first_customer: "
                                                  "'customers/a' second_customer: 'customers/b'"));
  rows_.Put(kNotifications, ParseText<v1::Notification>(
                                "name: 'staff/ann/notifications/n' customer: 'customers/a'"));
  rows_.Put(kReminders,
            ParseText<v1::Reminder>("name: 'staff/ann/reminders/r' customer: 'customers/a'"));
  rows_.Put(kProgrammeMembers,
            ParseText<v1::ProgrammeMember>("name: 'interviewProgrammes/p/programmeMembers/a' "
                                           "customer: 'customers/a'"));
  rows_.Put(kFollowedOrders, ParseText<v1::FollowedOrder>("name: 'customers/a/orders/o' customer: "
                                                          "'customers/a'"));
  rows_.Put(kTargetLists, ParseText<v1::TargetList>("name: 'targetLists/l' customers: "
                                                    "'customers/a' customers: 'customers/b'"));
  rows_.Put(kTransferItems, ParseText<v1::TransferItem>(
                                "name: 'transfers/t/transferItems/1' customer: 'customers/a'"));
  const auto response = Export("customers/a");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(Counts(*response), (std::map<std::string, int>{{"activities", 0},
                                                           {"contacts", 1},
                                                           {"customers", 1},
                                                           {"erasures", 1},
                                                           {"expenses", 1},
                                                           {"followedOpportunities", 0},
                                                           {"followedOrders", 1},
                                                           {"followedTickets", 0},
                                                           {"insightSheets", 0},
                                                           {"interviews", 0},
                                                           {"marketing/campaigns", -1},
                                                           {"mergeCases", 1},
                                                           {"notifications", 1},
                                                           {"ownerTerms", 0},
                                                           {"positions", 1},
                                                           {"programmeMembers", 1},
                                                           {"reminders", 1},
                                                           {"sales/opportunities", -1},
                                                           {"sales/orders", -1},
                                                           {"servicedesk/tickets", -1},
                                                           {"targetLists", 1},
                                                           {"touchpoints", 1},
                                                           {"transferItems", 1}}));
  const auto& customer = response->sections(2).records(0);
  EXPECT_EQ(customer.fields().at("name").string_value(), "customers/a");
  EXPECT_EQ(customer.fields()
                .at("personal")
                .struct_value()
                .fields()
                .at("phones")
                .list_value()
                .values(0)
                .string_value(),
            "+4930123456");
}

TEST_F(SubjectData, OfAContactIsAllCustomersOfIt) {
  rows_.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/a/interviews/i' contact: "
                                                  "'contacts/x'"));
  rows_.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/a/interviews/j' contact: "
                                                  "'contacts/y'"));
  rows_.Put(kMergeCases, ParseText<v1::MergeCase>("name: 'mergeCases/m' first_contact: "
                                                  "'contacts/x' second_contact: 'contacts/y'"));
  rows_.Put(kFollowedTickets, ParseText<v1::FollowedTicket>("name: 'customers/a/tickets/t' "
                                                            "contact: 'contacts/x'"));
  rows_.Put(kFollowedTickets, ParseText<v1::FollowedTicket>("name: 'customers/a/tickets/u' "
                                                            "contact: 'contacts/y'"));
  const auto response = Export("contacts/x");
  ASSERT_TRUE(response.ok()) << response.status();
  const auto counts = Counts(*response);
  EXPECT_EQ(counts.at("positions"), 2);
  EXPECT_EQ(counts.at("touchpoints"), 2);
  EXPECT_EQ(counts.at("followedTickets"), 1);
  EXPECT_EQ(counts.at("interviews"), 1);
  EXPECT_EQ(counts.at("mergeCases"), 1);
  EXPECT_EQ(counts.count("customers"), 0u);
}

TEST_F(SubjectData, OfAMergedCustomerIsThatOfAllThatAreOne) {
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  const auto survivor = Export("customers/a"), absorbed = Export("customers/b");
  ASSERT_TRUE(survivor.ok() && absorbed.ok());
  EXPECT_EQ(Counts(*survivor), Counts(*absorbed));
  EXPECT_EQ(Counts(*survivor).at("customers"), 2);
  EXPECT_EQ(Counts(*survivor).at("touchpoints"), 2);
  // The case of the two is both of theirs, and there once.
  rows_.Put(kMergeCases, ParseText<v1::MergeCase>("name: 'mergeCases/m' first_customer: "
                                                  "'customers/a' second_customer: 'customers/b'"));
  EXPECT_EQ(Counts(*Export("customers/a")).at("mergeCases"), 1);
}

TEST_F(SubjectData, OfATargetListIsOnlyTheirOwnName) {
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  rows_.Put(kTargetLists,
            ParseText<v1::TargetList>("name: 'targetLists/l' year: 2026 customers: 'customers/a' "
                                      "customers: 'customers/strange' customers: 'customers/b'"));
  const auto response = Export("customers/a");
  ASSERT_TRUE(response.ok()) << response.status();
  for (const auto& section : response->sections()) {
    if (section.kind() != "targetLists") continue;
    ASSERT_EQ(section.records_size(), 1) << "once, though two of its names are in it";
    const auto& shown = section.records(0).fields().at("customers").list_value();
    ASSERT_EQ(shown.values_size(), 2);
    EXPECT_EQ(shown.values(0).string_value(), "customers/a");
    EXPECT_EQ(shown.values(1).string_value(), "customers/b");
  }
  EXPECT_EQ(Counts(*response).at("targetLists"), 1);
}

TEST_F(SubjectData, SaysThatThereIsMore) {
  for (int i = 0; i <= kSubjectRecordsMax; ++i) {
    v1::Touchpoint touchpoint;
    touchpoint.set_name("customers/a/touchpoints/t" + std::to_string(i));
    rows_.Put(kTouchpoints, touchpoint);
  }
  const auto response = Export("customers/a");
  ASSERT_TRUE(response.ok());
  for (const auto& section : response->sections()) {
    EXPECT_EQ(section.incomplete(), section.kind() == "touchpoints") << section.kind();
    EXPECT_LE(section.records_size(), kSubjectRecordsMax);
  }
}

TEST_F(SubjectData, NeedsASubjectThatIsThere) {
  EXPECT_EQ(Export("customers/c").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Export("contacts/a").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Export("staff/a").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Export("").ok());
}

}  // namespace
}  // namespace crm::customer
