#include "services/customer/read/birthdays.h"

#include <optional>
#include <string>

#include "libs/calendar/lunar.h"
#include "services/customer/read/activity_tables.h"

namespace crm::customer {
namespace {

using Day = std::optional<v1::YearlyDay>;

v1::YearlyDay DayOf(const std::string& subject, const google::type::Date& date) {
  v1::YearlyDay day;
  day.set_subject(subject);
  day.set_month(date.month());
  day.set_day(date.day());
  day.set_year(date.year());
  return day;
}

Day DayOf(const v1::Contact& contact) {
  if (!contact.personal().has_birthday()) return std::nullopt;
  const v1::Birthday& birthday = contact.personal().birthday();
  v1::YearlyDay day = DayOf(contact.name(), birthday.date());
  day.set_lunar(birthday.calendar() == v1::CALENDAR_LUNAR);
  day.set_leap_month(birthday.leap_month());
  return day;
}

Day DayOf(const v1::Customer& customer) {
  if (!customer.personal().has_birth_date()) return std::nullopt;
  return DayOf(customer.name(), customer.personal().birth_date());
}

void Move(const Day& before, const Day& after, engine::Rows& rows) {
  if (before.has_value() && after.has_value() &&
      before->SerializeAsString() == after->SerializeAsString())
    return;
  if (before.has_value())
    rows.Delete(kBirthdays, before->lunar(), before->month(), before->day(), before->subject());
  if (after.has_value()) rows.Put(kBirthdays, *after);
}

template <class M>
void Project(const engine::Change<M>& change, engine::Rows& rows) {
  Move(change.before != nullptr ? DayOf(*change.before) : std::nullopt, DayOf(change.after), rows);
}

// False when the visitor has enough.
bool VisitDay(bool lunar, int month, int day, const std::string& subject,
              const engine::Snapshot& snapshot,
              const std::function<bool(const v1::YearlyDay&)>& visit) {
  if (!subject.empty()) {
    const auto birthday = snapshot.Get(kBirthdays, lunar, month, day, subject);
    return !birthday.has_value() || visit(*birthday);
  }
  bool more = true;
  snapshot.Scan(
      kBirthdays, "", [&](const v1::YearlyDay& birthday) { return more = visit(birthday); }, lunar,
      month, day);
  return more;
}

}  // namespace

void ProjectBirthdayOfContact(const engine::Change<ContactModel>& change, engine::Rows& rows) {
  Project(change, rows);
}

void ProjectBirthdayOfCustomer(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  Project(change, rows);
}

void VisitBirthdays(absl::CivilDay day, const engine::Snapshot& snapshot,
                    const BirthdayVisitor& visit, const std::string& subject) {
  const auto gregorian = [&](const v1::YearlyDay& birthday) {
    const int years = birthday.year() == 0 ? 0 : static_cast<int>(day.year()) - birthday.year();
    return years < 0 || visit(birthday, years);
  };
  if (!VisitDay(false, day.month(), day.day(), subject, snapshot, gregorian)) return;
  const bool also_29th = day.month() == 2 && day.day() == 28 && (day + 1).month() == 3;
  if (also_29th && !VisitDay(false, 2, 29, subject, snapshot, gregorian)) return;

  const std::optional<calendar::LunarDay> lunar = calendar::LunarDayOf(day);
  if (!lunar.has_value()) return;
  const auto of_moon = [&](const v1::YearlyDay& birthday) {
    // In a leap month only theirs; in the month before one not theirs.
    const bool other_month =
        lunar->leap_month ? !birthday.leap_month() : birthday.leap_month() && lunar->leap_follows;
    const int years = birthday.year() == 0 ? 0 : lunar->year - birthday.year();
    return other_month || years < 0 || visit(birthday, years);
  };
  if (!VisitDay(true, lunar->month, lunar->day, subject, snapshot, of_moon)) return;
  if (lunar->last_of_month && lunar->day == 29)
    VisitDay(true, lunar->month, 30, subject, snapshot, of_moon);
}

}  // namespace crm::customer
