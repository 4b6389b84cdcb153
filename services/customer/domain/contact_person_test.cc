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

TEST(FollowPerson, AMergedContactFollowsAndSaysWhatItsSurvivorNeeds) {
  const std::string merged = "merged { merge_case: 'mergeCases/m' survivor: 'contacts/x' }";
  const auto followed = [](const std::string& fields, const std::string& values,
                           const std::string& former) {
    return "updated { changed { " + fields + " } " + values + " survivor: 'contacts/x' " + former +
           " }";
  };
  CheckDecisions<ContactModel, v1::FollowPersonRequest>({
      {"says which numbers it had",
       {kMade, merged},
       Ask("personal.phones", "personal { phones: '+8613900000002' }",
           "personal { phones: '+8613912345678' }"),
       followed("paths: 'personal.phones'",
                "contact {} personal { phones { number: '+8613900000001' opted_out: true } phones "
                "{ number: '+8613900000002' primary: true } }",
                "former { phones { number: '+8613912345678' primary: true invalid: true } phones { "
                "number: '+8613900000001' opted_out: true } phones { number: '+8613900000002' } "
                "}")},
      {"says its whole name",
       {kMade, merged},
       Ask("display_name", "display_name: 'Wei Wang'", ""),
       followed("paths: 'personal.family_name'", "contact {} personal { family_name: 'Wang' }",
                "former { given_name: 'Wei' family_name: 'Li' }")},
      {"says its language",
       {kMade, merged},
       Ask("language_code", "language_code: 'en'", ""),
       followed("paths: 'language_code'", "contact { language_code: 'en' }",
                "former_language_code: 'zh-CN' former {}")},
      {"says its birthday",
       {kMade, merged},
       Ask("personal.birth_date", "personal { birth_date { year: 1981 month: 5 day: 4 } }",
           "personal { birth_date { year: 1980 month: 5 day: 4 } }"),
       followed("paths: 'personal.birthday'",
                "contact {} personal { birthday { date { year: 1981 month: 5 day: 4 } } }",
                "former { birthday { date { year: 1980 month: 5 day: 4 } } }")},
  });
}

TEST(FollowPerson, WhoAbsorbedItFollowsInWhatIsTheSame) {
  const std::string absorbed = "absorbed { merge_case: 'mergeCases/m' absorbed: 'contacts/p' }";
  const std::string through = " contact: 'contacts/p'";
  const std::string phones = Ask("personal.phones", "personal { phones: '+8613900000003' }",
                                 "personal { phones: '+8613912345678' }");
  CheckDecisions<ContactModel, v1::FollowPersonRequest>({
      {"takes number for number",
       {kMade, absorbed},
       phones + through,
       Updated("paths: 'personal.phones'",
               "phones { number: '+8613900000001' opted_out: true } phones { number: "
               "'+8613900000002' primary: true } phones { number: '+8613900000003' }")},
      {"takes the name where it had the same",
       {kMade, absorbed},
       Ask("display_name", "display_name: 'Wei Wang'", "display_name: 'Wei Li'") + through,
       Updated("paths: 'personal.family_name'", "family_name: 'Wang'")},
      {"keeps a name that was chosen for it",
       {kMade, absorbed},
       Ask("display_name", "display_name: 'Ann Wang'", "display_name: 'Ann Lee'") + through,
       ""},
      {"takes the language where it had the same",
       {kMade, absorbed},
       Ask("language_code", "language_code: 'en'", "language_code: 'zh-CN'") + through,
       "updated { changed { paths: 'language_code' } contact { language_code: 'en' } }"},
      {"keeps a language that was chosen for it",
       {kMade, absorbed},
       Ask("language_code", "language_code: 'en'", "language_code: 'de'") + through,
       ""},
      {"is quiet when it declined the merge", {kMade}, phones + through, ""},
      {"is quiet when the merge was taken back",
       {kMade, absorbed, "merge_reversed { merge_case: 'mergeCases/m' absorbed: 'contacts/p' }"},
       phones + through,
       ""},
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
