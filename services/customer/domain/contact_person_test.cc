#include "services/customer/domain/contact_person.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "services/customer/domain/contact.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::EqualsProto;
using testing::ParseText;

constexpr char kMade[] = R"(created {
  contact { language_code: "zh-CN" }
  personal { salutation: "Dr." given_name: "Wei" family_name: "Li"
             birthday { date { year: 1980 month: 5 day: 4 } }
             phones { number: "+8613912345678" primary: true invalid: true }
             phones { number: "+8613900000001" opted_out: true }
             phones { number: "+8613900000002" }
             emails { address: "li@a.example" primary: true } } })";

std::string Ask(const std::string& field, const std::string& person, const std::string& former) {
  return "changed { paths: '" + field + "' } person { " + person + " } former { " + former + " }";
}
std::string Updated(const std::string& fields, const std::string& personal) {
  return "updated { changed { " + fields + " } contact {} personal { " + personal + " } }";
}

TEST(FollowPerson, Rules) {
  CheckDecisions<ContactModel, v1::FollowPersonRequest>({
      {"takes another name",
       {kMade},
       Ask("display_name", "display_name: 'Wei Ann Wang'", "display_name: 'Wei Li'"),
       Updated("paths: 'personal.given_name' paths: 'personal.family_name'",
               "given_name: 'Wei Ann' family_name: 'Wang'")},
      {"takes a name without parts",
       {kMade},
       Ask("display_name", "display_name: 'Wang'", "display_name: 'Wei Li'"),
       Updated("paths: 'personal.given_name' paths: 'personal.family_name'",
               "family_name: 'Wang'")},
      {"takes another language",
       {kMade},
       Ask("language_code", "language_code: 'en'", "language_code: 'zh-CN'"),
       "updated { changed { paths: 'language_code' } contact { language_code: 'en' } }"},
      {"lets go of a number, keeps marks and what is its own, and adds what is new",
       {kMade},
       Ask("personal.phones", "personal { phones: '+8613900000003' phones: '+8613900000002' }",
           "personal { phones: '+8613912345678' phones: '+8613900000001' }"),
       Updated("paths: 'personal.phones'",
               "phones { number: '+8613900000001' opted_out: true } phones { number: "
               "'+8613900000002' primary: true } phones { number: '+8613900000003' }")},
      {"takes another address",
       {kMade},
       Ask("personal.emails", "personal { emails: 'wei@a.example' }",
           "personal { emails: 'LI@a.example' }"),
       Updated("paths: 'personal.emails'", "emails { address: 'wei@a.example' primary: true }")},
      {"takes the birthday that is the person's",
       {kMade},
       Ask("personal.birth_date", "personal { birth_date { year: 1981 month: 5 day: 4 } }",
           "personal { birth_date { year: 1980 month: 5 day: 4 } }"),
       Updated("paths: 'personal.birthday'", "birthday { date { year: 1981 month: 5 day: 4 } }")},
      {"is quiet for a birthday of its own",
       {kMade},
       Ask("personal.birth_date", "personal { birth_date { year: 1981 month: 5 day: 4 } }",
           "personal { birth_date { year: 1979 month: 5 day: 4 } }"),
       ""},
      {"is quiet when it is so already",
       {kMade},
       Ask("personal.emails", "personal { emails: 'li@a.example' }", ""),
       ""},
      {"is quiet for other fields", {kMade}, Ask("region", "region: 'east'", ""), ""},
      {"refuses to be without a name",
       {kMade},
       Ask("display_name", "", "display_name: 'Wei Li'"),
       "!field:contact.personal.family_name"},
  });
}

TEST(FollowPerson, KeepsALunarBirthday) {
  auto contact = ParseText<v1::Contact>(
      "personal { birthday { calendar: CALENDAR_LUNAR date { year: 1980 month: 5 day: 4 } } }");
  const v1::Contact before = contact;
  FollowPerson(ParseText<v1::FollowPersonRequest>(Ask("personal.birth_date", "",
                                                      "personal { birth_date { year: 1980 month: 5 "
                                                      "day: 4 } }")),
               contact);
  EXPECT_THAT(contact, EqualsProto(before.DebugString()));
}

TEST(TouchesPerson, WhatAContactHasToo) {
  const auto touches = [](const std::string& path) {
    google::protobuf::FieldMask mask;
    mask.add_paths(path);
    return TouchesPerson(mask);
  };
  for (const char* path : {"display_name", "language_code", "personal.phones", "personal.emails",
                           "personal.birth_date", "personal"})
    EXPECT_TRUE(touches(path)) << path;
  for (const char* path : {"region", "personal.addresses", "tags"})
    EXPECT_FALSE(touches(path)) << path;
}

}  // namespace
}  // namespace crm::customer
