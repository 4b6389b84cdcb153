#include "services/customer/domain/consent.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {
namespace {

using common::v1::CHANNEL_EMAIL;
using common::v1::CHANNEL_PHONE;
using testing::CheckDecisions;
using testing::Given;

constexpr char kCompany[] =
    "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT } }";
constexpr char kErased[] =
    "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_ERASED } }";

// FixedContext is at 1772445600.
std::string Said(const std::string& what, int64_t effect, int64_t record = 1772445600) {
  return "consent_recorded { consent { " + what +
         " effect_time { seconds: " + std::to_string(effect) +
         " } record_time { seconds: " + std::to_string(record) + " } actor: 'user:tester' } }";
}

constexpr char kYes[] =
    "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: CONSENT_SOURCE_FORM "
    "lawful_basis: LAWFUL_BASIS_CONSENT ";
std::string Yes(const std::string& source) {
  return "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: CONSENT_SOURCE_" + source +
         " lawful_basis: LAWFUL_BASIS_CONSENT ";
}
constexpr char kNo[] =
    "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT source: CONSENT_SOURCE_UNSUBSCRIBED ";

TEST(RecordConsent, Rules) {
  const std::string before = std::string(kYes) + "effect_time { seconds: 1772000000 }";
  CheckDecisions<CustomerModel, v1::RecordConsentRequest>({
      {"holds from now on", {kCompany}, kYes, Said(kYes, 1772445600)},
      {"holds from when it was said", {kCompany}, before, Said(kYes, 1772000000)},
      {"is quiet when it holds", {kCompany, Said(kYes, 1772000000)}, kYes, ""},
      {"is quiet when it holds from then on", {kCompany, Said(kYes, 1772000000)}, before, ""},
      {"takes an earlier moment",
       {kCompany, Said(kYes, 1772100000)},
       before,
       Said(kYes, 1772000000)},
      {"takes it back", {kCompany, Said(kYes, 1772000000)}, kNo, Said(kNo, 1772445600)},
      {"takes other proof",
       {kCompany, Said(kYes, 1772000000)},
       std::string(kYes) + "evidence: 'forms/7'",
       Said(std::string(kYes) + "evidence: 'forms/7'", 1772445600)},
      {"lets nobody else take back who opted out",
       {kCompany, Said(kNo, 1772000000)},
       Yes("IMPORT") + "evidence: 'files/7'",
       "!CONSENT_WITHDRAWN"},
      {"nor by hand",
       {kCompany, Said(kNo, 1772000000)},
       Yes("MANUAL") + "evidence: 'files/7'",
       "!CONSENT_WITHDRAWN"},
      {"nor without what shows it", {kCompany, Said(kNo, 1772000000)}, kYes, "!CONSENT_WITHDRAWN"},
      {"takes their own act for it",
       {kCompany, Said(kNo, 1772000000)},
       std::string(kYes) + "evidence: 'forms/7'",
       Said(std::string(kYes) + "evidence: 'forms/7'", 1772445600)},
      {"takes what held before they opted out from anywhere",
       {kCompany, Said(kNo, 1772100000)},
       Yes("IMPORT") + "effect_time { seconds: 1772000000 }",
       Said(Yes("IMPORT"), 1772000000)},
      {"needs a channel", {kCompany}, "state: CONSENT_STATE_OPTED_OUT", "!field:channel"},
      {"needs a state", {kCompany}, "channel: CHANNEL_EMAIL", "!field:state"},
      {"needs a source",
       {kCompany},
       "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT",
       "!field:source"},
      {"knows no opting in by the way out",
       {kCompany},
       "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: CONSENT_SOURCE_UNSUBSCRIBED "
       "lawful_basis: LAWFUL_BASIS_CONSENT",
       "!field:source"},
      {"needs a basis to opt in",
       {kCompany},
       "channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: CONSENT_SOURCE_FORM",
       "!field:lawful_basis"},
      {"refuses the future",
       {kCompany},
       std::string(kYes) + "effect_time { seconds: 1772445601 }",
       "!field:effect_time"},
      {"refuses one that is erased", {kErased}, kYes, "!CUSTOMER_ERASED"},
  });
}

TEST(RecordConsent, HasALimit) {
  std::vector<std::string> facts = {kCompany};
  for (int i = 0; i < kConsentTermsMax; ++i) facts.push_back(Said(i % 2 ? kYes : kNo, 1000 + i));
  CheckDecisions<CustomerModel, v1::RecordConsentRequest>(
      {{"refuses one more", facts, std::string(kYes) + "evidence: 'x'", "!CONSENTS_FULL"},
       {"lets everybody opt out", facts, std::string(kNo) + "evidence: 'x'",
        Said(std::string(kNo) + "evidence: 'x'", 1772445600)},
       {"is quiet of what they have taken back since", facts,
        std::string(kNo) + "effect_time { seconds: 1098 } evidence: 'x'", ""}});
  facts.push_back(Said(kNo, 2000));
  CheckDecisions<CustomerModel, v1::RecordConsentRequest>(
      {{"is quiet of who has opted out", facts, std::string(kNo) + "evidence: 'x'", ""},
       {"hears of another channel", facts,
        "channel: CHANNEL_PHONE state: CONSENT_STATE_OPTED_OUT source: CONSENT_SOURCE_SPOKEN",
        Said("channel: CHANNEL_PHONE state: CONSENT_STATE_OPTED_OUT source: "
             "CONSENT_SOURCE_SPOKEN ",
             1772445600)}});
}

TEST(Consents, AreAsOfAMomentAndAsKnownAtAnother) {
  // The way out was used at 150, and recorded at 300; a form of 100 was known at once.
  const v1::Customer customer =
      Given<CustomerModel>({kCompany, Said(kYes, 100, 100), Said(kNo, 150, 300)});
  const auto state = [&](int64_t as_of, int64_t known) {
    const auto* term = ConsentAt(customer, CHANNEL_EMAIL, absl::FromUnixSeconds(as_of),
                                 absl::FromUnixSeconds(known));
    return term == nullptr ? v1::CONSENT_STATE_UNSPECIFIED : term->state();
  };
  EXPECT_EQ(state(99, 500), v1::CONSENT_STATE_UNSPECIFIED);
  EXPECT_EQ(state(100, 500), v1::CONSENT_STATE_OPTED_IN);
  EXPECT_EQ(state(149, 500), v1::CONSENT_STATE_OPTED_IN);
  EXPECT_EQ(state(150, 500), v1::CONSENT_STATE_OPTED_OUT);
  EXPECT_EQ(state(400, 299), v1::CONSENT_STATE_OPTED_IN);
  EXPECT_EQ(state(400, 300), v1::CONSENT_STATE_OPTED_OUT);
  EXPECT_EQ(ConsentAt(customer, CHANNEL_PHONE, absl::InfiniteFuture(), absl::InfiniteFuture()),
            nullptr);
  EXPECT_EQ(ConsentsAt(customer, absl::InfiniteFuture(), absl::InfiniteFuture()).size(), 1u);
}

TEST(Consents, LieInOrderHoweverTheyCome) {
  const v1::Customer customer =
      Given<CustomerModel>({kCompany, Said("channel: CHANNEL_SMS", 200, 200), Said(kYes, 300, 310),
                            Said(kNo, 100, 320), Said("channel: CHANNEL_PHONE", 400, 400)});
  std::vector<int64_t> effects;
  for (const v1::ConsentTerm& term : customer.consents())
    effects.push_back(term.effect_time().seconds());
  EXPECT_EQ(effects, (std::vector<int64_t>{400, 100, 300, 200}));
}

}  // namespace
}  // namespace crm::customer
