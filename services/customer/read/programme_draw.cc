#include "services/customer/read/programme_draw.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/business_time.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/domain/consent.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/domain/interview.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using common::v1::Channel;

template <class List, class Value>
bool Has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}
template <class List, class Value>
bool Fits(const List& list, const Value& value) {
  return list.empty() || Has(list, value);
}

bool HasStatus(const v1::ProgrammeSelection& selection, v1::CustomerStatus status) {
  if (!selection.statuses().empty()) return Has(selection.statuses(), status);
  return status == v1::CUSTOMER_STATUS_PROSPECT || status == v1::CUSTOMER_STATUS_ACTIVE ||
         status == v1::CUSTOMER_STATUS_INACTIVE;
}

bool IsSelected(const v1::ProgrammeSelection& selection, const v1::Customer& customer) {
  if (customer.status() == v1::CUSTOMER_STATUS_ERASED) return false;
  if (!customer.merged_into().empty()) return false;
  const bool tagged = selection.tags().empty() ||
                      std::any_of(customer.tags().begin(), customer.tags().end(),
                                  [&](const auto& tag) { return Has(selection.tags(), tag); });
  return tagged && HasStatus(selection, customer.status()) &&
         Fits(selection.tiers(), customer.tier()) && Fits(selection.kinds(), customer.kind()) &&
         Fits(selection.regions(), customer.region()) &&
         Fits(selection.industries(), customer.industry());
}

// Whether an interview was held on or behind that day.
bool WasInterviewed(const std::string& customer, absl::CivilDay since, absl::TimeZone zone,
                    const engine::Snapshot& snapshot) {
  bool found = false;
  snapshot.Scan(
      kInterviews, "by_customer",
      [&](const v1::Interview& interview) {
        found = interview.has_held_time() &&
                absl::ToCivilDay(base::TimeOf(interview.held_time()), zone) >= since;
        return !found;
      },
      base::KeyOf(customer));
  return found;
}

std::string Chance(const std::string& seed, std::string_view what, const std::string& customer) {
  return base::Sha256({seed, what, customer});
}

// Lower is worth more; those without a tier come last.
int Worth(v1::Tier tier) {
  return tier == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL + 1 : static_cast<int>(tier);
}

void SortByChance(const std::string& seed, std::string_view what, bool by_worth,
                  std::vector<Candidate>& candidates) {
  using Key = std::tuple<int, std::string, std::string>;
  std::vector<std::pair<Key, Candidate>> keyed;
  keyed.reserve(candidates.size());
  for (Candidate& candidate : candidates) {
    Key key{by_worth ? Worth(candidate.tier) : 0, Chance(seed, what, candidate.customer),
            candidate.customer};
    keyed.emplace_back(std::move(key), std::move(candidate));
  }
  std::sort(keyed.begin(), keyed.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < keyed.size(); ++i) candidates[i] = std::move(keyed[i].second);
}

// Whom to ask: who is turned to first there, else the first who works there on that day.
std::optional<v1::Contact> ContactOf(const std::string& customer, absl::CivilDay today,
                                     const engine::Snapshot& snapshot) {
  std::string first, primary;
  const auto visit = [&](const v1::Position& position) {
    if (position.has_start_date() && base::DayOf(position.start_date()) > today) return true;
    if (position.has_end_date() && base::DayOf(position.end_date()) < today) return true;
    if (first.empty() || position.contact() < first) first = position.contact();
    if (position.primary()) primary = position.contact();
    return primary.empty();
  };
  for (const std::string& at : NamesOf(customer, snapshot)) {
    if (primary.empty()) snapshot.Scan(kPositions, "by_customer", visit, base::KeyOf(at));
  }
  const std::string& name = primary.empty() ? first : primary;
  if (name.empty()) return std::nullopt;
  return snapshot.Get(kContacts, SurvivorOf(name, snapshot));
}

v1::InterviewForm PreferredForm(Channel channel) {
  switch (channel) {
    case common::v1::CHANNEL_VISIT:
      return v1::INTERVIEW_FORM_FACE_TO_FACE;
    case common::v1::CHANNEL_PHONE:
      return v1::INTERVIEW_FORM_PHONE;
    case common::v1::CHANNEL_LETTER:
      return v1::INTERVIEW_FORM_LETTER;
    case common::v1::CHANNEL_EMAIL:
      return v1::INTERVIEW_FORM_EMAIL;
    case common::v1::CHANNEL_WEB:
    case common::v1::CHANNEL_CHAT:
    case common::v1::CHANNEL_WECHAT:
      return v1::INTERVIEW_FORM_WEB;
    default:
      return v1::INTERVIEW_FORM_UNSPECIFIED;
  }
}

template <class List>
bool HasUsable(const List& ways) {
  return std::any_of(ways.begin(), ways.end(),
                     [](const auto& way) { return !way.opted_out() && !way.invalid(); });
}

bool CanBeAsked(const v1::Contact& contact, v1::InterviewForm form) {
  if (form == v1::INTERVIEW_FORM_PHONE)
    return !contact.do_not_call() && HasUsable(contact.personal().phones());
  if (form == v1::INTERVIEW_FORM_EMAIL) return HasUsable(contact.personal().emails());
  return form != v1::INTERVIEW_FORM_UNSPECIFIED;
}

bool OptedOut(const v1::Customer& customer, v1::InterviewForm form, absl::Time now) {
  const v1::ConsentTerm* term = ConsentAt(customer, ChannelOf(form), now, absl::InfiniteFuture());
  return term != nullptr && term->state() == v1::CONSENT_STATE_OPTED_OUT;
}

v1::InterviewForm FormOfTier(const v1::FollowUpPolicy& policy, v1::Tier tier) {
  for (const v1::TierForm& form : policy.forms()) {
    if (form.tier() == tier) return form.form();
  }
  return v1::INTERVIEW_FORM_FACE_TO_FACE;
}

// The free day nearest to the middle of the i-th of n equal parts; all are taken: that day itself.
FreeDay& DayFor(int i, int n, std::vector<FreeDay>& days) {
  const int count = static_cast<int>(days.size());
  const int middle = static_cast<int>((2LL * i + 1) * count / (2LL * n));
  for (int away = 0; away < count; ++away) {
    for (const int at : {middle + away, middle - away}) {
      if (at >= 0 && at < count && days[static_cast<size_t>(at)].free > 0)
        return days[static_cast<size_t>(at)];
    }
  }
  return days[static_cast<size_t>(middle)];
}

// The first minute of the wish, or else of the hours, at which there is room; else the first.
int MinuteFor(const Wish& wish, const DayMinutes& hours, int minutes, FreeDay& day) {
  const auto room = [&](int start, int end) -> std::optional<int> {
    for (int at = start; at + minutes <= end; at += minutes) {
      const bool taken = std::any_of(day.taken.begin(), day.taken.end(), [&](const auto& span) {
        return at < span.second && span.first < at + minutes;
      });
      if (!taken) return at;
    }
    return std::nullopt;
  };
  std::optional<int> minute;
  if (wish.start_minute < wish.end_minute)
    minute = room(std::max(wish.start_minute, hours.start), std::min(wish.end_minute, hours.end));
  if (!minute.has_value()) minute = room(hours.start, hours.end);
  const int at = minute.value_or(hours.start);
  day.taken.emplace_back(at, at + minutes);
  --day.free;
  return at;
}

}  // namespace

int BookSize(const std::string& staff, int most, const engine::Snapshot& snapshot) {
  int size = 0;
  if (most <= 0) return size;
  snapshot.Scan(
      kCustomers, "by_owner", [&](const v1::Customer&) { return ++size < most; }, staff);
  return size;
}

std::vector<Candidate> CandidatesOf(const v1::InterviewProgramme& programme,
                                    const std::string& staff, const engine::Context& context,
                                    const engine::Snapshot& snapshot) {
  std::vector<Candidate> candidates;
  snapshot.Scan(
      kCustomers, "by_owner",
      [&](const v1::Customer& customer) {
        if (IsSelected(programme.selection(), customer))
          candidates.push_back({customer.name(), customer.tier()});
        return true;
      },
      staff);
  const int quiet = programme.selection().quiet_months();
  const absl::CivilDay since = AddMonths(base::DayOf(programme.period().start()), -quiet);
  const auto is_asked = [&](const std::string& customer) {
    const std::string member =
        programme.name() + "/programmeMembers/" + std::string(base::LastIdOf(customer));
    return snapshot.Get(kProgrammeMembers, member).has_value() ||
           IsDrawnElsewhere(customer, programme.period(), programme.name(), snapshot) ||
           (quiet > 0 && WasInterviewed(customer, since, context.zone, snapshot));
  };
  const v1::FollowUpPolicy policy = FollowUpPolicyIn(snapshot);
  // Also as one of those that were merged into it.
  std::erase_if(candidates, [&](const Candidate& candidate) {
    const std::vector<std::string> names = NamesOf(candidate.customer, snapshot);
    return std::any_of(names.begin(), names.end(), is_asked) ||
           !WishOf(candidate, policy, context, snapshot).has_value();
  });
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.customer < b.customer; });
  return candidates;
}

int ControlCount(int members, int control_share_bps) {
  if (control_share_bps == 0 || members < 2) return 0;
  const auto share = static_cast<int>((int64_t{members} * control_share_bps + 4'999) / 10'000);
  return std::clamp(share, 1, members - 1);
}

Groups DrawGroups(const v1::InterviewProgramme& programme, int quota, const std::string& seed,
                  std::vector<Candidate> candidates) {
  if (candidates.size() > static_cast<size_t>(quota)) {
    const bool by_worth = programme.sampling() == v1::PROGRAMME_SAMPLING_MOST_VALUABLE;
    SortByChance(seed, "sample", by_worth, candidates);
    candidates.resize(static_cast<size_t>(quota));
  }
  SortByChance(seed, "group", false, candidates);
  const int control =
      ControlCount(static_cast<int>(candidates.size()), programme.control_share_bps());
  Groups groups;
  groups.control.assign(candidates.begin(), candidates.begin() + control);
  groups.treated.assign(candidates.begin() + control, candidates.end());
  return groups;
}

std::vector<FreeDay> FreeDaysOf(const v1::InterviewProgramme& programme, const std::string& staff,
                                const v1::FollowUpPolicy& policy, const engine::Context& context,
                                const engine::Snapshot& snapshot) {
  const BusinessTime business(policy, context.zone);
  const auto row = snapshot.Get(kStaff, "staff/" + staff).value_or(v1::Staff());
  const absl::CivilDay start =
      std::max(context.business_date + 1, base::DayOf(programme.period().start()));
  std::vector<FreeDay> days;
  for (absl::CivilDay day = start; day < base::DayOf(programme.period().end()); ++day) {
    const auto hours = business.HoursOf(day);
    if (!hours.has_value()) continue;
    if (row.has_leave_date() && base::DayOf(row.leave_date()) < day) break;
    const bool away =
        std::any_of(row.absences().begin(), row.absences().end(), [&](const v1::Absence& absence) {
          return base::DayOf(absence.period().start()) <= day &&
                 day < base::DayOf(absence.period().end());
        });
    const int room = (hours->end - hours->start) / std::max(policy.interview_minutes(), 1);
    if (!away) days.push_back({day, std::min(programme.daily_interviews_max(), room), {}});
  }
  snapshot.Scan(
      kInterviews, "by_staff",
      [&](const v1::Interview& interview) {
        const absl::CivilMinute at =
            absl::ToCivilMinute(base::TimeOf(interview.planned_time()), context.zone);
        const absl::CivilDay on(at);
        const auto day =
            std::lower_bound(days.begin(), days.end(), on,
                             [](const FreeDay& a, absl::CivilDay b) { return a.day < b; });
        if (day == days.end() || day->day != on) return true;
        const int minute = static_cast<int>(at - absl::CivilMinute(on));
        day->taken.emplace_back(minute, minute + policy.interview_minutes());
        day->free = std::max(0, day->free - 1);
        return true;
      },
      staff, v1::INTERVIEW_STATUS_PLANNED);
  return days;
}

std::optional<Wish> WishOf(const Candidate& candidate, const v1::FollowUpPolicy& policy,
                           const engine::Context& context, const engine::Snapshot& snapshot) {
  Wish wish;
  const auto customer = snapshot.Get(kCustomers, candidate.customer).value_or(v1::Customer());
  const auto contact = ContactOf(candidate.customer, context.business_date, snapshot);
  v1::InterviewForm preferred = v1::INTERVIEW_FORM_UNSPECIFIED;
  if (contact.has_value()) {
    wish.contact = contact->name();
    preferred = PreferredForm(contact->preferred_channel());
    if (contact->has_preferred_hours()) {
      wish.start_minute = contact->preferred_hours().start_minute();
      wish.end_minute = contact->preferred_hours().end_minute();
    }
  }
  for (const v1::InterviewForm form : {preferred, FormOfTier(policy, candidate.tier),
                                       v1::INTERVIEW_FORM_EMAIL, v1::INTERVIEW_FORM_LETTER}) {
    if (form == v1::INTERVIEW_FORM_UNSPECIFIED || OptedOut(customer, form, context.time)) continue;
    if (contact.has_value() && !CanBeAsked(*contact, form)) continue;
    wish.form = form;
    return wish;
  }
  return std::nullopt;
}

v1::ProgrammeBookDrawn DrawBook(const v1::InterviewProgramme& programme, int book,
                                const engine::Context& context, const engine::Snapshot& snapshot) {
  const v1::ProgrammeManager& manager = programme.managers(book);
  const v1::FollowUpPolicy policy = FollowUpPolicyIn(snapshot);
  const BusinessTime business(policy, context.zone);
  std::vector<Candidate> candidates = CandidatesOf(programme, manager.staff(), context, snapshot);
  v1::ProgrammeBookDrawn drawn;
  drawn.set_book(book);
  drawn.set_staff(manager.staff());
  drawn.set_candidate_count(static_cast<int>(candidates.size()));
  drawn.set_follow_up_policy_etag(policy.etag());
  drawn.set_script(programme.script());
  drawn.set_last(book + 1 == programme.managers_size());
  const Groups groups =
      DrawGroups(programme, manager.quota(), programme.seed(), std::move(candidates));
  std::vector<FreeDay> days = FreeDaysOf(programme, manager.staff(), policy, context, snapshot);
  const int treated = static_cast<int>(groups.treated.size());
  for (int i = 0; i < treated; ++i) {
    const Candidate& candidate = groups.treated[static_cast<size_t>(i)];
    v1::DrawnCustomer& customer = *drawn.add_customers();
    customer.set_customer(candidate.customer);
    customer.set_group(v1::PROGRAMME_GROUP_TREATED);
    if (days.empty()) continue;  // Became so since the draw began.
    const auto wish = WishOf(candidate, policy, context, snapshot);
    base::Check(wish.has_value(), "a candidate can be asked in some form");
    FreeDay& day = DayFor(i, treated, days);
    const int minute =
        MinuteFor(*wish, *business.HoursOf(day.day), policy.interview_minutes(), day);
    *customer.mutable_planned_time() = base::TimestampOf(business.At(day.day, minute));
    customer.set_form(wish->form);
    customer.set_contact(wish->contact);
  }
  for (const Candidate& candidate : groups.control) {
    v1::DrawnCustomer& customer = *drawn.add_customers();
    customer.set_customer(candidate.customer);
    customer.set_group(v1::PROGRAMME_GROUP_CONTROL);
  }
  std::sort(drawn.mutable_customers()->begin(), drawn.mutable_customers()->end(),
            [](const auto& a, const auto& b) { return a.customer() < b.customer(); });
  return drawn;
}

}  // namespace crm::customer
