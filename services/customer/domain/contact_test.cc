#include "services/customer/domain/contact.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/testing/decisions.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::DecisionRow;
using testing::Given;

constexpr char kMade[] = R"(created {
  contact { language_code: "zh-CN" }
  personal { family_name: "Li" given_name: "Wei" phones { number: "+8613912345678" } } })";

TEST(CreateContact, Rules) {
  CheckDecisions<ContactModel, v1::CreateContactRequest>({
      {"keeps personal data apart",
       {},
       R"(contact { language_code: "zh-CN" personal { family_name: "Li" given_name: "Wei"
                    phones { number: "+8613912345678" } } })",
       kMade},
      {"takes all that is known",
       {},
       R"(contact { preferred_channel: CHANNEL_WECHAT
                    preferred_hours { start_minute: 540 end_minute: 1020 }
                    do_not_call: true influence: CONTACT_INFLUENCE_HIGH tags: "fair"
                    external_ids { system: "erp" id: "1" }
                    personal { salutation: "Dr." family_name: "Li"
                      birthday { date { month: 2 day: 29 } }
                      anniversaries { label: "wedding" date { year: 2010 month: 5 day: 1 } }
                      phones { number: "+8613912345678" primary: true }
                      phones { number: "+862112345678" invalid: true }
                      emails { address: "li@a.example" primary: true opted_out: true } } })",
       R"(created {
            contact { preferred_channel: CHANNEL_WECHAT
                      preferred_hours { start_minute: 540 end_minute: 1020 }
                      do_not_call: true influence: CONTACT_INFLUENCE_HIGH tags: "fair"
                      external_ids { system: "erp" id: "1" } }
            personal { salutation: "Dr." family_name: "Li"
                       birthday { date { month: 2 day: 29 } }
                       anniversaries { label: "wedding" date { year: 2010 month: 5 day: 1 } }
                       phones { number: "+8613912345678" primary: true }
                       phones { number: "+862112345678" invalid: true }
                       emails { address: "li@a.example" primary: true opted_out: true } } })"},
      {"needs a name", {}, "contact {}", "!field:contact.personal.family_name"},
      {"takes a given name for one",
       {},
       R"(contact { personal { given_name: "Wei" } })",
       R"(created { contact {} personal { given_name: "Wei" } })"},
      {"takes no spaces for one",
       {},
       R"(contact { personal { given_name: " " family_name: "  " } })",
       "!field:contact.personal.family_name"},
  });
}

// A row that refuses a contact with these fields, whose name is good.
DecisionRow Refuses(const std::string& rule, const std::string& fields, const std::string& personal,
                    const std::string& field) {
  return {"refuses " + rule,
          {},
          "contact { " + fields + " personal { family_name: 'Li' " + personal + " } }",
          "!field:contact." + field};
}

TEST(CreateContact, RefusesBadShapesByTheirField) {
  const std::string phone = "phones { number: '+8613912345678' } ";
  CheckDecisions<ContactModel, v1::CreateContactRequest>({
      Refuses("what is no telephone number", "", phone + "phones { number: '0800' }",
              "personal.phones[1].number"),
      Refuses("a number twice", "", phone + phone, "personal.phones[1].number"),
      Refuses("two primary numbers", "",
              "phones { number: '+8613912345678' primary: true } "
              "phones { number: '+8613912345679' primary: true }",
              "personal.phones[1].primary"),
      Refuses("what is no e-mail address", "", "emails { address: 'li at a' }",
              "personal.emails[0].address"),
      Refuses("an address twice", "",
              "emails { address: 'li@a.example' } emails { address: 'li@a.example' }",
              "personal.emails[1].address"),
      Refuses("two primary addresses", "",
              "emails { address: 'li@a.example' primary: true } "
              "emails { address: 'wei@a.example' primary: true }",
              "personal.emails[1].primary"),
      Refuses("an anniversary of nothing", "", "anniversaries { date { month: 5 day: 1 } }",
              "personal.anniversaries[0].label"),
      Refuses("an anniversary on no day", "", "anniversaries { label: 'x' date { month: 5 } }",
              "personal.anniversaries[0].date"),
      Refuses("an anniversary twice", "",
              "anniversaries { label: 'x' date { month: 5 day: 1 } } "
              "anniversaries { label: 'x' date { month: 5 day: 1 } }",
              "personal.anniversaries[1]"),
      Refuses("hours that end before they begin",
              "preferred_hours { start_minute: 600 end_minute: 600 }", "",
              "preferred_hours.end_minute"),
      Refuses("hours of no day", "preferred_hours { start_minute: 1440 end_minute: 1441 }", "",
              "preferred_hours.start_minute"),
      Refuses("hours beyond the day", "preferred_hours { start_minute: 0 end_minute: 1441 }", "",
              "preferred_hours.end_minute"),
      Refuses("an unknown channel", "preferred_channel: 99", "", "preferred_channel"),
      Refuses("an unknown influence", "influence: 99", "", "influence"),
      Refuses("what is no language", "language_code: 'chinese language'", "", "language_code"),
      Refuses("a tag twice", "tags: 'a' tags: 'a'", "", "tags[1]"),
      Refuses("an empty tag", "tags: ' '", "", "tags[0]"),
      Refuses("an external id without a system", "external_ids { id: '1' }", "",
              "external_ids[0].system"),
      Refuses("an external id twice",
              "external_ids { system: 'erp' id: '1' } external_ids { system: 'erp' id: '1' }", "",
              "external_ids[1]"),
  });
}

// The business date is 2026-03-02.
TEST(CreateContact, Birthdays) {
  const auto birthday = [](const std::string& text) {
    return "contact { personal { family_name: 'Li' birthday { " + text + " } } }";
  };
  const auto takes = [&](const std::string& rule, const std::string& text) {
    return DecisionRow{
        "takes " + rule,
        {},
        birthday(text),
        "created { contact {} personal { family_name: 'Li' birthday { " + text + " } } }"};
  };
  const auto refuses = [&](const std::string& rule, const std::string& text,
                           const std::string& field) {
    return DecisionRow{
        "refuses " + rule, {}, birthday(text), "!field:contact.personal.birthday." + field};
  };
  CheckDecisions<ContactModel, v1::CreateContactRequest>({
      takes("a day", "date { year: 1980 month: 2 day: 29 } calendar: CALENDAR_GREGORIAN"),
      takes("a day without a year", "date { month: 2 day: 29 }"),
      takes("a day of the moon", "date { year: 1980 month: 2 day: 30 } calendar: CALENDAR_LUNAR"),
      takes("a leap month", "date { month: 4 day: 1 } calendar: CALENDAR_LUNAR leap_month: true"),
      refuses("no day", "calendar: CALENDAR_GREGORIAN", "date"),
      refuses("a day that is none", "date { year: 1981 month: 2 day: 29 }", "date"),
      refuses("a day to come", "date { year: 2026 month: 3 day: 4 }", "date"),
      refuses("a lunar year to come",
              "date { year: 2027 month: 1 day: 1 } calendar: CALENDAR_LUNAR", "date"),
      // That day is the 14th of the first moon; a branch may already have the 15th.
      takes("a lunar day that is tomorrow",
            "date { year: 2026 month: 1 day: 15 } calendar: CALENDAR_LUNAR"),
      refuses("a lunar day to come",
              "date { year: 2026 month: 1 day: 16 } calendar: CALENDAR_LUNAR", "date"),
      refuses("a lunar month to come",
              "date { year: 2026 month: 2 day: 1 } calendar: CALENDAR_LUNAR", "date"),
      refuses("a leap month to come",
              "date { year: 2026 month: 1 day: 1 } calendar: CALENDAR_LUNAR leap_month: true",
              "date"),
      refuses("a 31st of the moon", "date { month: 1 day: 31 } calendar: CALENDAR_LUNAR", "date"),
      refuses("a 13th moon", "date { month: 13 day: 1 } calendar: CALENDAR_LUNAR", "date"),
      refuses("a leap month of the sun", "date { month: 4 day: 1 } leap_month: true", "leap_month"),
      refuses("another calendar", "date { month: 4 day: 1 } calendar: 9", "calendar"),
  });
}

TEST(UpdateContact, Rules) {
  CheckDecisions<ContactModel, v1::UpdateContactRequest>({
      {"changes what differs, personal values apart",
       {kMade},
       R"(contact { do_not_call: true language_code: "zh-CN" personal { given_name: "Na" } })",
       R"(updated { changed { paths: "personal.given_name" paths: "do_not_call" }
                    contact { do_not_call: true } personal { given_name: "Na" } })"},
      {"clears what the mask names",
       {kMade},
       R"(contact {} update_mask { paths: "personal.phones" paths: "language_code" })",
       R"(updated { changed { paths: "personal.phones" paths: "language_code" } contact {}
                    personal {} })"},
      {"is quiet when it is so already",
       {kMade},
       R"(contact { language_code: "zh-CN" } update_mask { paths: "language_code" })",
       ""},
      {"is quiet when nothing is said", {kMade}, "contact {}", ""},
      {"refuses to clear the name",
       {kMade},
       R"(contact {} update_mask { paths: "personal.family_name" paths: "personal.given_name" })",
       "!field:contact.personal.family_name"},
      {"refuses a second primary number",
       {kMade},
       R"(contact { personal { phones { number: "+8613912345678" primary: true }
                               phones { number: "+862112345678" primary: true } } })",
       "!field:contact.personal.phones[1].primary"},
  });
}

TEST(ReimportContact, Rules) {
  const std::string marked = R"(created {
    contact { tags: "fair" external_ids { system: "erp" id: "1" } }
    personal { family_name: "Li"
               phones { number: "+8613912345678" primary: true opted_out: true }
               phones { number: "+8613912345679" invalid: true }
               emails { address: "li@a.example" opted_out: true } } })";
  CheckDecisions<ContactModel, v1::ReimportContactRequest>({
      {"keeps what is known of numbers and addresses, and adds ids and tags",
       {marked},
       R"(contact { tags: "vip" external_ids { system: "crm" id: "2" }
                    personal { phones { number: "+8613912345679" }
                               phones { number: "+8613912345678" }
                               phones { number: "+862112345678" }
                               emails { address: "wei@a.example" } } })",
       R"(updated {
            changed { paths: "personal.phones" paths: "personal.emails" paths: "tags"
                      paths: "external_ids" }
            contact { tags: "fair" tags: "vip" external_ids { system: "erp" id: "1" }
                      external_ids { system: "crm" id: "2" } }
            personal { phones { number: "+8613912345679" invalid: true }
                       phones { number: "+8613912345678" primary: true opted_out: true }
                       phones { number: "+862112345678" }
                       emails { address: "wei@a.example" }
                       emails { address: "li@a.example" opted_out: true } } })"},
      {"takes the first that the row names",
       {marked},
       R"(contact { personal { phones { number: "+8613912345679" primary: true }
                               phones { number: "+8613912345678" } } })",
       R"(updated { changed { paths: "personal.phones" } contact {}
            personal { phones { number: "+8613912345679" primary: true invalid: true }
                       phones { number: "+8613912345678" opted_out: true } } })"},
      {"is quiet when it is so already",
       {marked},
       R"(contact { tags: "fair" personal { phones { number: "+8613912345678" }
                                            phones { number: "+8613912345679" } } })",
       ""},
      {"refuses what is no number",
       {marked},
       R"(contact { personal { phones { number: "0800" } } })",
       "!field:contact.personal.phones[0].number"},
  });
}

TEST(UpdateContact, FoldsWhatChangedAndLeavesTheRest) {
  const v1::Contact contact = Given<ContactModel>(
      {kMade,
       R"(updated { changed { paths: "personal.given_name" paths: "do_not_call" }
                    contact { do_not_call: true } personal { given_name: "Na" } })"});
  EXPECT_THAT(contact, testing::EqualsProto(R"pb(
                name: "contacts/contact-1"
                etag: "2"
                create_time { seconds: 1772445600 }
                update_time { seconds: 1772445600 }
                do_not_call: true
                language_code: "zh-CN"
                personal {
                  family_name: "Li"
                  given_name: "Na"
                  phones { number: "+8613912345678" }
                })pb"));
}

TEST(ContactDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Contact contact;
  EXPECT_DEATH(ContactModel::Evolve(contact, v1::ContactEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::customer
