#include "libs/engine/update.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "libs/base/status.h"

namespace crm::engine {
namespace {

using customer::v1::Customer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Customer Read(const std::string& text) {
  Customer customer;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &customer)) << text;
  return customer;
}

std::vector<std::string> Changed(const std::string& resource, const std::vector<std::string>& mask,
                                 const std::string& state) {
  google::protobuf::FieldMask field_mask;
  for (const std::string& path : mask) field_mask.add_paths(path);
  const auto changed = ChangedFields(Read(resource), field_mask, Read(state));
  EXPECT_TRUE(changed.ok()) << changed.status();
  return {changed->paths().begin(), changed->paths().end()};
}

constexpr char kState[] =
    "kind: CUSTOMER_KIND_PERSON region: 'north' tags: 'a' tags: 'b' personal { phones: "
    "'+4912345678' emails: 'a@b.c' }";

TEST(ChangedFields, AreThoseOfTheMaskThatDiffer) {
  EXPECT_THAT(
      Changed("region: 'south' tags: 'a' tags: 'b'", {"region", "tags", "industry"}, kState),
      ElementsAre("region"));
}

TEST(ChangedFields, AMaskedFieldThatIsUnsetIsCleared) {
  EXPECT_THAT(Changed("", {"region", "personal.phones"}, kState),
              ElementsAre("region", "personal.phones"));
}

TEST(ChangedFields, WithoutAMaskAreThoseSetAndLeaveNeighboursAlone) {
  EXPECT_THAT(
      Changed("region: 'north' industry: 'steel' personal { phones: '+4987654321' }", {}, kState),
      ElementsAre("personal.phones", "industry"));
}

TEST(ChangedFields, AStarMeansAllFieldsThatMayChange) {
  EXPECT_THAT(
      Changed("kind: CUSTOMER_KIND_PERSON tags: 'a' tags: 'b' personal { phones: '+4912345678' }",
              {"*"}, kState),
      ElementsAre("personal.emails", "region"));
}

TEST(ChangedFields, OutputOnlyFieldsArePassedOver) {
  EXPECT_THAT(Changed("status: CUSTOMER_STATUS_LOST tier: TIER_TOP", {}, kState), IsEmpty());
}

TEST(ChangedFields, NoneTwice) {
  EXPECT_THAT(Changed("region: 'south'", {"region", "region"}, kState), ElementsAre("region"));
}

TEST(ChangedFields, AnImmutableFieldThatStaysIsFineAndOneThatChangesIsRefused) {
  EXPECT_THAT(Changed("kind: CUSTOMER_KIND_PERSON", {"kind"}, kState), IsEmpty());
  const auto refused = ChangedFields(Read("kind: CUSTOMER_KIND_COMPANY"), {}, Read(kState));
  EXPECT_EQ(base::FieldOf(refused.status()), "kind");
}

TEST(ClearStamps, LeavesWhatTheEngineDoesNotWrite) {
  customer::v1::Customer customer;
  customer.set_name("customers/c1");
  customer.set_etag("3");
  customer.mutable_create_time()->set_seconds(1);
  customer.mutable_update_time()->set_seconds(2);
  customer.set_display_name("Alpha");
  ClearStamps(customer);
  EXPECT_EQ(customer.ShortDebugString(), "display_name: \"Alpha\"");
}

}  // namespace
}  // namespace crm::engine
