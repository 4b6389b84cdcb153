#include "services/customer/read/place_token.h"

#include <gtest/gtest.h>

#include "crm/customer/v1/agenda_tables.pb.h"

namespace crm::customer {
namespace {

TEST(PlaceToken, IsReadForItsQuestionOnly) {
  const std::string token = PlaceToken("whose", "here");
  EXPECT_EQ(PlaceIn(token, "whose"), "here");
  EXPECT_EQ(PlaceIn(token, "who"), std::nullopt);
  std::string other = token;
  other.back() = other.back() == 'A' ? 'Q' : 'A';
  for (const std::string& bad :
       {std::string(), std::string("?"), token.substr(0, 16), token + "AAAA", other})
    EXPECT_EQ(PlaceIn(bad, "whose"), std::nullopt) << bad;
}

TEST(PlaceToken, HoldsAMessage) {
  v1::ContactState place;
  place.set_customer("customers/a");
  const std::string token = PlaceToken("q", place.SerializeAsString());
  v1::ContactState read;
  EXPECT_TRUE(ReadPlace(token, "q", read));
  EXPECT_EQ(read.customer(), "customers/a");
  EXPECT_FALSE(ReadPlace(token, "r", read));
  EXPECT_FALSE(ReadPlace(PlaceToken("q", "\xff"), "q", read)) << "no message";
}

}  // namespace
}  // namespace crm::customer
