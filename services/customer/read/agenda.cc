#include "services/customer/read/agenda.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/activity_series.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/position.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/agenda_items.h"
#include "services/customer/read/birthdays.h"
#include "services/customer/read/contact_state.h"
#include "services/customer/read/followed.h"
#include "services/customer/read/follower.h"
#include "services/customer/read/full_name.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/sources.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

class Agenda {
 public:
  Agenda(const v1::Staff& staff, absl::CivilDay day, const engine::Snapshot& snapshot,
         const engine::Context& context)
      : staff_(base::LastIdOf(staff.name())),
        day_(day),
        today_(day == context.business_date),
        end_(absl::FromCivil(day + 1, context.zone)),
        snapshot_(snapshot),
        context_(context),
        items_(snapshot, context) {}

  void Fill(v1::GetAgendaResponse& response) {
    AddActivities();
    AddNextSteps();
    AddBirthdays();
    AddInterviews();
    AddSignals();
    AddOpportunities();
    AddTickets();
    for (const auto section : {v1::AGENDA_SECTION_FOLLOW_UP_CALLS, v1::AGENDA_SECTION_OUTLET_VISITS,
                               v1::AGENDA_SECTION_SERVICE_VISITS, v1::AGENDA_SECTION_CAMPAIGN_WORK})
      items_.TellNotAvailable(section);
    items_.Finish(response);
  }

 private:
  // Whether what is due on a day belongs here: of the business date also what was due before.
  bool Belongs(absl::CivilDay due) const { return due == day_ || (today_ && due < day_); }

  v1::AgendaItem ItemDue(const std::string& about, const std::string& customer,
                         absl::CivilDay due) const {
    v1::AgendaItem item;
    item.set_about(about);
    item.set_customer(customer);
    *item.mutable_due_date() = base::DateOf(due);
    item.set_overdue(due < day_);
    return item;
  }

  void AddActivity(const v1::Activity& activity) {
    const absl::CivilDay due = base::DayOf(activity.due_date());
    if (!Belongs(due)) return;
    v1::AgendaItem item = ItemDue(activity.name(), activity.customer(), due);
    if (!activity.all_day()) *item.mutable_due_time() = activity.due_time();
    item.set_overdue(item.overdue() || activity.has_overdue_time());
    if (!activity.contacts().empty()) item.set_contact(activity.contacts(0));
    item.set_subject(activity.personal().subject());
    item.set_activity_kind(activity.kind());
    item.set_priority(activity.priority());
    item.set_activity_cause(activity.cause());
    items_.Add(activity.kind() == v1::ACTIVITY_KIND_VISIT ? v1::AGENDA_SECTION_VISITS
                                                          : v1::AGENDA_SECTION_ACTIVITIES,
               std::move(item));
  }

  void AddActivities() {
    for (const auto state : {v1::ACTIVITY_STATE_PLANNED, v1::ACTIVITY_STATE_IN_PROGRESS}) {
      snapshot_.Scan(
          kActivities, "by_owner",
          [&](const v1::Activity& activity) {
            if (base::TimeOf(activity.due_time()) > end_) return false;
            if (!items_.LookAt(v1::AGENDA_SECTION_ACTIVITIES) ||
                !items_.LookAt(v1::AGENDA_SECTION_VISITS))
              return false;
            AddActivity(activity);
            return true;
          },
          staff_, state);
    }
    items_.Tell(v1::AGENDA_SECTION_ACTIVITIES);
    items_.Tell(v1::AGENDA_SECTION_VISITS);
  }

  // Somebody was in contact with the customer on the day of the next step, or later.
  bool IsTaken(const v1::Touchpoint& touchpoint) {
    const v1::Customer* customer =
        items_.CustomerOf(std::string(base::ParentOf(touchpoint.name())));
    if (customer == nullptr) return true;
    const auto own = snapshot_.Get(kContactStates, customer->name());
    if (!own.has_value()) return false;
    const v1::ContactState state = WithAbsorbed(*own, *customer, snapshot_);
    const absl::Time from =
        absl::FromCivil(base::DayOf(touchpoint.next_step_date()), context_.zone);
    return !state.touchpoint().empty() && state.touchpoint() != touchpoint.name() &&
           base::TimeOf(state.last_contact_time()) >= from;
  }

  // Somebody has an activity instead, since a transfer; it stands on an agenda itself.
  bool HasActivity(const v1::Touchpoint& touchpoint) const {
    bool found = false;
    snapshot_.Scan(
        kActivities, "by_about",
        [&](const v1::Activity& activity) {
          found = activity.cause() == v1::ACTIVITY_CAUSE_NEXT_STEP &&
                  activity.state() != v1::ACTIVITY_STATE_CANCELLED;
          return !found;
        },
        touchpoint.name());
    return found;
  }

  void AddNextStep(const v1::Touchpoint& touchpoint) {
    const absl::CivilDay due = base::DayOf(touchpoint.next_step_date());
    if (IsTaken(touchpoint) || HasActivity(touchpoint)) return;
    v1::AgendaItem item =
        ItemDue(touchpoint.name(), std::string(base::ParentOf(touchpoint.name())), due);
    if (!touchpoint.contacts().empty()) item.set_contact(touchpoint.contacts(0));
    item.set_subject(touchpoint.next_step());
    items_.Add(v1::AGENDA_SECTION_NEXT_STEPS, std::move(item));
  }

  // False when that is enough of them.
  bool LookAtNextStep(const v1::Touchpoint& touchpoint, AgendaLook look) {
    return base::DayOf(touchpoint.next_step_date()) <= day_ &&
           items_.LookAt(v1::AGENDA_SECTION_NEXT_STEPS, look);
  }

  // From when on next steps are looked for.
  google::type::Date FirstStepDate() const {
    return base::DateOf(today_ ? day_ - kNextStepDaysMax : day_);
  }

  void AddNextStepsOf(const v1::Customer& customer) {
    for (const std::string& name : NamesOf(customer)) {
      v1::Touchpoint from;
      from.set_name(name + "/touchpoints/-");
      *from.mutable_next_step_date() = FirstStepDate();
      snapshot_.ScanAfter(
          kTouchpoints, "by_customer_next_step", from,
          [&](const v1::Touchpoint& touchpoint) {
            if (!LookAtNextStep(touchpoint, AgendaLook::kRows)) return false;
            AddNextStep(touchpoint);
            return true;
          },
          base::KeyOf(name));
    }
  }

  // Whether who said what is next still sees to it: they help there, or nobody looks after it.
  bool IsLeftToRecorder(const v1::Touchpoint& touchpoint) {
    const v1::Customer* customer =
        items_.CustomerOf(std::string(base::ParentOf(touchpoint.name())));
    if (customer == nullptr || customer->owner() == staff_) return false;
    const auto& helpers = customer->collaborators();
    return customer->owner().empty() ||
           std::find(helpers.begin(), helpers.end(), staff_) != helpers.end();
  }

  // Their own of others' customers; and of their customers, whoever said them.
  void AddNextSteps() {
    v1::Touchpoint from;
    from.set_staff(staff_);
    *from.mutable_next_step_date() = FirstStepDate();
    snapshot_.ScanAfter(
        kTouchpoints, "by_next_step", from,
        [&](const v1::Touchpoint& touchpoint) {
          if (!LookAtNextStep(touchpoint, AgendaLook::kOwnRows)) return false;
          if (IsLeftToRecorder(touchpoint)) AddNextStep(touchpoint);
          return true;
        },
        staff_);
    snapshot_.Scan(
        kCustomers, "by_owner",
        [&](const v1::Customer& customer) {
          if (!items_.LookAt(v1::AGENDA_SECTION_NEXT_STEPS, AgendaLook::kCustomers)) return false;
          if (customer.status() != v1::CUSTOMER_STATUS_ERASED && customer.merged_into().empty())
            AddNextStepsOf(customer);
          return true;
        },
        staff_);
    items_.Tell(v1::AGENDA_SECTION_NEXT_STEPS);
  }

  // The customer's, and those of customers that were merged into it.
  std::vector<std::string> NamesOf(const v1::Customer& customer) const {
    if (customer.absorbed_customers().empty()) return {customer.name()};
    return customer::NamesOf(customer.name(), snapshot_);
  }

  void AddBirthday(const std::string& subject, const v1::Customer& customer) {
    const auto add = [&](const v1::YearlyDay& birthday, int years) {
      const bool is_contact = subject.starts_with("contacts/");
      // A person that is a customer is a contact, too, and contacts are visited first.
      if (!born_.emplace(customer.name(), birthday.year()).second && !is_contact) return true;
      v1::AgendaItem item = ItemDue(subject, customer.name(), day_);
      item.set_years(years);
      if (is_contact) {
        item.set_contact(subject);
        const auto contact = snapshot_.Get(kContacts, subject);
        if (contact.has_value()) item.set_subject(FullNameOf(contact->personal()));
      } else {
        item.set_subject(customer.display_name());
      }
      items_.Add(v1::AGENDA_SECTION_BIRTHDAYS, std::move(item));
      return true;
    };
    VisitBirthdays(day_, snapshot_, add, subject);
  }

  // The people at a customer on that day, then the customer; also of those that were merged into
  // it.
  void AddBirthdaysAt(const v1::Customer& customer) {
    const std::vector<std::string> names = NamesOf(customer);
    for (const std::string& name : names) {
      snapshot_.Scan(
          kPositions, "by_customer",
          [&](const v1::Position& position) {
            if (!HeldOn(position, day_)) return true;
            const std::string contact = SurvivorOf(position.contact(), snapshot_);
            if (people_.insert(contact).second) AddBirthday(contact, customer);
            return true;
          },
          base::KeyOf(name));
    }
    for (const std::string& name : names) AddBirthday(name, customer);
  }

  void AddBirthdays() {
    snapshot_.Scan(
        kCustomers, "by_owner",
        [&](const v1::Customer& customer) {
          if (!items_.LookAt(v1::AGENDA_SECTION_BIRTHDAYS, AgendaLook::kCustomers)) return false;
          if (customer.status() != v1::CUSTOMER_STATUS_ERASED && customer.merged_into().empty())
            AddBirthdaysAt(customer);
          return true;
        },
        staff_);
    items_.Tell(v1::AGENDA_SECTION_BIRTHDAYS);
  }

  void AddInterviews() {
    snapshot_.Scan(
        kInterviews, "by_staff",
        [&](const v1::Interview& interview) {
          const absl::Time planned = base::TimeOf(interview.planned_time());
          if (planned >= end_ || !items_.LookAt(v1::AGENDA_SECTION_INTERVIEWS)) return false;
          const absl::CivilDay due = absl::ToCivilDay(planned, context_.zone);
          if (!Belongs(due)) return true;
          v1::AgendaItem item =
              ItemDue(interview.name(), std::string(base::ParentOf(interview.name())), due);
          *item.mutable_due_time() = interview.planned_time();
          item.set_contact(interview.contact());
          items_.Add(v1::AGENDA_SECTION_INTERVIEWS, std::move(item));
          return true;
        },
        staff_, v1::INTERVIEW_STATUS_PLANNED);
    items_.Tell(v1::AGENDA_SECTION_INTERVIEWS);
  }

  // When the first signal is due for which there is no activity; those stand on an agenda already.
  absl::Time SignalDue(const v1::Interview& interview) const {
    absl::Time first = absl::InfiniteFuture();
    for (const v1::InterviewSignal& signal : interview.signals()) {
      if (signal.has_handle_time()) continue;
      const auto activity = snapshot_.Get(
          kActivities, "activities/" + SignalActivityId(interview.name(), signal.id()));
      if (activity.has_value() && IsOpen(*activity)) continue;
      first = std::min(first, base::TimeOf(signal.due_time()));
    }
    return first;
  }

  // False when there is no need to look at later ones.
  bool AddSignal(const v1::Interview& interview, AgendaLook look) {
    if (base::TimeOf(interview.signal_due_time()) > end_ ||
        !items_.LookAt(v1::AGENDA_SECTION_SIGNALS, look))
      return false;
    const absl::Time at = SignalDue(interview);
    if (at > end_ || FollowerOf(interview, snapshot_) != staff_) return true;
    // What is due when a day ends is due on that day.
    const absl::CivilDay due = absl::ToCivilDay(at - absl::Nanoseconds(1), context_.zone);
    if (!Belongs(due) || !signals_.insert(interview.name()).second) return true;
    v1::AgendaItem item =
        ItemDue(interview.name(), std::string(base::ParentOf(interview.name())), due);
    *item.mutable_due_time() = base::TimestampOf(at);
    item.set_overdue(item.overdue() || (today_ && at < context_.time));
    item.set_contact(interview.contact());
    items_.Add(v1::AGENDA_SECTION_SIGNALS, std::move(item));
    return true;
  }

  void AddSignalsAt(const v1::Customer& customer) {
    for (const std::string& name : NamesOf(customer)) {
      v1::Interview from;  // Behind those of which nothing waits.
      from.set_name(name + "/interviews/-");
      from.mutable_signal_due_time()->set_nanos(1);
      snapshot_.ScanAfter(
          kInterviews, "by_customer_signal_due", from,
          [&](const v1::Interview& interview) { return AddSignal(interview, AgendaLook::kRows); },
          base::KeyOf(name));
    }
  }

  // What they asked those who have nobody; and of their customers, whoever asked.
  void AddSignals() {
    v1::Interview from;
    from.set_staff(staff_);
    from.mutable_signal_due_time()->set_nanos(1);
    snapshot_.ScanAfter(
        kInterviews, "by_staff_signal_due", from,
        [&](const v1::Interview& interview) { return AddSignal(interview, AgendaLook::kOwnRows); },
        staff_);
    snapshot_.Scan(
        kCustomers, "by_owner",
        [&](const v1::Customer& customer) {
          if (!items_.LookAt(v1::AGENDA_SECTION_SIGNALS, AgendaLook::kCustomers)) return false;
          if (customer.merged_into().empty()) AddSignalsAt(customer);
          return true;
        },
        staff_);
    items_.Tell(v1::AGENDA_SECTION_SIGNALS);
  }

  void AddOpportunities() {
    const v1::SourceReading source = SourceOf(kSalesSource, {}, context_);
    items_.Tell(v1::AGENDA_SECTION_OPPORTUNITIES, source);
    items_.Tell(v1::AGENDA_SECTION_RENEWALS, source);
    if (!CanBeTold(source)) return;
    v1::FollowedOpportunity from;  // Behind those without a day.
    from.set_owner(staff_);
    from.set_standing(v1::OPPORTUNITY_STANDING_OPEN);
    *from.mutable_expected_close_date() = base::DateOf(absl::CivilDay(1900, 1, 1));
    snapshot_.ScanAfter(
        kFollowedOpportunities, "by_owner", from,
        [&](const v1::FollowedOpportunity& opportunity) {
          const absl::CivilDay due = base::DayOf(opportunity.expected_close_date());
          if (due > day_ || !items_.LookAt(v1::AGENDA_SECTION_OPPORTUNITIES) ||
              !items_.LookAt(v1::AGENDA_SECTION_RENEWALS))
            return false;
          if (!Belongs(due)) return true;
          v1::AgendaItem item = ItemDue(opportunity.name(), opportunity.customer(), due);
          item.set_subject(opportunity.display_name());
          items_.Add(IsRenewal(opportunity) ? v1::AGENDA_SECTION_RENEWALS
                                            : v1::AGENDA_SECTION_OPPORTUNITIES,
                     std::move(item));
          return true;
        },
        staff_, v1::OPPORTUNITY_STANDING_OPEN);
  }

  void AddTicket(const v1::FollowedTicket& ticket) {
    if (!tickets_.insert(ticket.name()).second) return;
    v1::AgendaItem item;
    item.set_about(ticket.name());
    item.set_customer(ticket.customer());
    item.set_contact(ticket.contact());
    // The desk's four priorities are those of an activity.
    item.set_priority(static_cast<v1::ActivityPriority>(ticket.priority_rank()));
    items_.Add(v1::AGENDA_SECTION_TICKETS, std::move(item));
  }

  // Open tickets have no day of their own: they are work of the business date.
  void AddTickets() {
    const v1::SourceReading source = SourceOf(kDeskSource, {}, context_);
    items_.Tell(v1::AGENDA_SECTION_TICKETS, source);
    if (!CanBeTold(source) || !today_) return;
    const auto visit = [&](const v1::FollowedTicket& ticket) {
      if (!items_.LookAt(v1::AGENDA_SECTION_TICKETS)) return false;
      AddTicket(ticket);
      return true;
    };
    snapshot_.Scan(kFollowedTickets, "by_assignee", visit, staff_, true);
    for (const bool planned : {true, false}) {
      snapshot_.Scan(
          kContactStates, "by_owner",
          [&](const v1::ContactState& state) {
            if (!items_.LookAt(v1::AGENDA_SECTION_TICKETS, AgendaLook::kCustomers)) return false;
            snapshot_.Scan(kFollowedTickets, "by_customer", visit, state.customer(), true);
            return true;
          },
          staff_, planned);
    }
  }

  const std::string staff_;
  const absl::CivilDay day_;
  const bool today_;
  const absl::Time end_;
  const engine::Snapshot& snapshot_;
  const engine::Context& context_;
  AgendaItems items_;
  std::set<std::string> tickets_;
  std::set<std::string> signals_;               // Interviews.
  std::set<std::string> people_;                // Contacts whose birthdays were looked at.
  std::set<std::pair<std::string, int>> born_;  // Customers, and the years of birthdays there.
};

}  // namespace

absl::StatusOr<v1::GetAgendaResponse> QueryAgenda(const v1::GetAgendaRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context& context) {
  if (request.has_date()) {
    if (absl::Status s = base::CheckDate("date", request.date()); !s.ok()) return s;
  }
  const auto staff = snapshot.Get(kStaff, request.staff());
  if (!staff.has_value()) return base::NotFound(request.staff());
  const absl::CivilDay day =
      request.has_date() ? base::DayOf(request.date()) : context.business_date;
  v1::GetAgendaResponse response;
  *response.mutable_date() = base::DateOf(day);
  for (const v1::Absence& absence : staff->absences()) {
    if (base::DayOf(absence.period().start()) <= day && day < base::DayOf(absence.period().end()))
      *response.mutable_absence() = absence;
  }
  Agenda(*staff, day, snapshot, context).Fill(response);
  return response;
}

}  // namespace crm::customer
