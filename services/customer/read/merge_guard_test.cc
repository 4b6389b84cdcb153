#include "services/customer/read/merge_guard.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_care.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/base/status.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"

namespace crm::customer {
namespace {

class MergeGuardTest : public ::testing::Test {
 protected:
  MergeGuardTest() {
    v1::Redirect redirect;
    redirect.set_customer("customers/a");
    redirect.set_survivor("customers/b");
    rows_.Put(kRedirects, redirect);
    redirect.set_customer("contacts/x");
    redirect.set_survivor("contacts/y");
    rows_.Put(kRedirects, redirect);
  }

  template <class Command>
  absl::Status Admit(const std::string& name, bool create, const std::string& actor = "user:ann") {
    engine::Context context;
    context.name = name;
    context.actor = actor;
    return AdmitUnlessMerged({Command(), create, context}, rows_);
  }

  testing::FakeRows rows_{kRedirects};
};

TEST_F(MergeGuardTest, RefusesWhatIsSaidOfAMergedCustomerAndNamesTheOther) {
  const absl::Status refused = Admit<v1::UpdateCustomerRequest>("customers/a", false);
  EXPECT_THAT(refused, testing::IsRefusal("CUSTOMER_MERGED"));
  EXPECT_NE(base::ErrorInfoText(refused).find("customers/b"), std::string::npos);
  EXPECT_THAT(Admit<v1::AssignTierRequest>("customers/a", false, "service:customer"),
              testing::IsRefusal("CUSTOMER_MERGED"));
  EXPECT_THAT(Admit<v1::RecordTouchpointRequest>("customers/a/touchpoints/t", true),
              testing::IsRefusal("CUSTOMER_MERGED"));
}

TEST_F(MergeGuardTest, RefusesWhatIsSaidOfAMergedContact) {
  EXPECT_THAT(Admit<v1::UpdateContactRequest>("contacts/x", false),
              testing::IsRefusal("CONTACT_MERGED"));
  EXPECT_TRUE(Admit<v1::UpdateContactRequest>("contacts/y", false).ok());
}

TEST_F(MergeGuardTest, NobodyIsKeptFromOptingOut) {
  engine::Context context;
  context.name = "customers/a";
  context.actor = "user:ann";
  v1::RecordConsentRequest record;
  record.set_state(v1::CONSENT_STATE_OPTED_OUT);
  EXPECT_TRUE(AdmitUnlessMerged({record, false, context}, rows_).ok());
  record.set_state(v1::CONSENT_STATE_OPTED_IN);
  EXPECT_THAT(AdmitUnlessMerged({record, false, context}, rows_),
              testing::IsRefusal("CUSTOMER_MERGED"));
}

TEST_F(MergeGuardTest, AdmitsTheRest) {
  EXPECT_TRUE(Admit<v1::UpdateCustomerRequest>("customers/b", false).ok());
  EXPECT_TRUE(Admit<v1::CreateCustomerRequest>("customers/c", true).ok());
  EXPECT_TRUE(Admit<v1::RecordTouchpointRequest>("customers/b/touchpoints/t", true).ok());
  EXPECT_TRUE(Admit<v1::UpdateTouchpointRequest>("customers/a/touchpoints/t", false).ok());
  EXPECT_TRUE(
      Admit<v1::RecordTouchpointRequest>("customers/a/touchpoints/t", true, "service:customer")
          .ok());
  EXPECT_TRUE(Admit<v1::ReleaseMergedRequest>("customers/a", false).ok());
  EXPECT_TRUE(Admit<v1::ActivateCustomerRequest>("customers/a", false).ok());
  EXPECT_TRUE(Admit<v1::FollowPersonRequest>("contacts/x", false, "service:customer").ok());
  EXPECT_TRUE(Admit<v1::UpdateCustomerRequest>("staff/a", false).ok());
}

}  // namespace
}  // namespace crm::customer
