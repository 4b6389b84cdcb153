#include "services/customer/domain/position.h"

#include <string>
#include <tuple>
#include <unordered_map>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/dated.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;
using engine::Snapshot;
using Event = PositionModel::Event;
using Facts = PositionModel::Facts;

bool SameDate(const google::type::Date& a, const google::type::Date& b) {
  return a.year() == b.year() && a.month() == b.month() && a.day() == b.day();
}

bool StartsBy(const v1::Position& position, absl::CivilDay day) {
  return !position.has_start_date() || base::DayOf(position.start_date()) <= day;
}

bool EndsBefore(const v1::Position& position, absl::CivilDay day) {
  return position.has_end_date() && base::DayOf(position.end_date()) < day;
}

// Whether there is a day on which both are held.
bool Meet(const v1::Position& a, const v1::Position& b) {
  return (!a.has_start_date() || !EndsBefore(b, base::DayOf(a.start_date()))) &&
         (!b.has_start_date() || !EndsBefore(a, base::DayOf(b.start_date())));
}

const v1::Position* Find(const Facts& facts, std::string_view name) {
  for (const v1::Position& position : facts.positions) {
    if (position.name() == name) return &position;
  }
  return nullptr;
}

std::optional<v1::CustomerStatus> StatusOf(const Snapshot& snapshot, std::string_view customer) {
  const auto row = snapshot.Get(kCustomers, customer);
  return row.has_value() ? std::optional(row->status()) : std::nullopt;
}

absl::Status CheckCustomer(const Facts& facts, std::string_view customer) {
  if (!facts.customer_status.has_value()) return base::NotFound(customer);
  return CheckNotErased(*facts.customer_status);
}

absl::Status CheckDates(const v1::Position& position) {
  if (position.has_start_date()) {
    absl::Status s = base::CheckDate("position.start_date", position.start_date());
    if (!s.ok()) return s;
  }
  if (!position.has_end_date()) return absl::OkStatus();
  absl::Status s = base::CheckDate("position.end_date", position.end_date());
  if (!s.ok()) return s;
  if (!StartsBy(position, base::DayOf(position.end_date())))
    return Invalid("position.end_date", "must not be before the first day");
  return absl::OkStatus();
}

absl::Status CheckPosition(const v1::Position& position) {
  if (position.contact().empty()) return Invalid("position.contact", "must be given");
  if (absl::Status s = CheckName("position.contact", "contacts", position.contact()); !s.ok())
    return s;
  if (!v1::PositionRole_IsValid(position.role()))
    return Invalid("position.role", "must be one of the list");
  return CheckDates(position);
}

// At most one position is the primary one on a day.
absl::Status CheckPrimary(const v1::Position& position, const std::string& name,
                          const Facts& facts) {
  if (!position.primary()) return absl::OkStatus();
  for (const v1::Position& other : facts.positions) {
    if (other.name() == name || !other.primary() || !Meet(position, other)) continue;
    return Refused(v1::REASON_PRIMARY_POSITION_TAKEN, "take it from the other position first",
                   {{"position", other.name()}});
  }
  return absl::OkStatus();
}

// What `name` may report to from a day on, besides that it makes no cycle. `ended`: the position
// itself has ended, so that its superior may have ended too.
absl::Status CheckSuperior(const std::string& field, const std::string& superior,
                           std::string_view name, bool ended, const Facts& facts,
                           absl::CivilDay day) {
  if (superior.empty()) return absl::OkStatus();
  const std::string siblings = std::string(base::ParentOf(name)) + "/positions/";
  if (!std::string_view(superior).starts_with(siblings) ||
      !base::IsResourceId(std::string_view(superior).substr(siblings.size()))) {
    return Invalid(field, "must be a position of the same customer");
  }
  if (superior == name)
    return Refused(v1::REASON_REPORTING_CYCLE, "a position does not report to itself");
  const v1::Position* there = Find(facts, superior);
  if (there == nullptr)
    return Refused(v1::REASON_SUPERIOR_UNKNOWN, "the customer has no such position");
  if (!ended && EndsBefore(*there, day))
    return Refused(v1::REASON_SUPERIOR_ENDED, "the superior's position has ended");
  return absl::OkStatus();
}

// The position's superiors when it reports to `superior` from `day` on. What was never said of a
// day held since the position began, or was recorded.
google::protobuf::RepeatedPtrField<v1::SuperiorTerm> TermsWith(const v1::Position& position,
                                                               absl::CivilDay day,
                                                               const std::string& superior,
                                                               absl::TimeZone zone) {
  auto terms = position.superior_terms();
  const absl::CivilDay first = position.has_start_date()
                                   ? base::DayOf(position.start_date())
                                   : absl::ToCivilDay(base::TimeOf(position.create_time()), zone);
  if (terms.empty() && first < day) {
    v1::SuperiorTerm& before = *terms.Add();
    *before.mutable_start_date() = base::DateOf(first);
    before.set_superior(position.reports_to());
  }
  v1::SuperiorTerm term;
  *term.mutable_start_date() = base::DateOf(day);
  term.set_superior(superior);
  const auto carried = CarriedOn(terms, term);
  PutTerm(term, terms);
  for (const v1::SuperiorTerm& later : carried) PutTerm(later, terms);
  return terms;
}

// Whether `name` is above `from`: what ended counts as well, for it may be taken back.
bool IsAbove(const std::string& name, const std::string& from, const Facts& facts) {
  std::unordered_map<std::string_view, std::string_view> superiors;
  for (const v1::Position& position : facts.positions)
    superiors.emplace(position.name(), position.reports_to());
  std::string_view at = from;
  for (size_t steps = 0; !at.empty() && steps <= superiors.size(); ++steps) {
    if (at == name) return true;
    const auto found = superiors.find(at);
    if (found == superiors.end()) return false;
    at = found->second;
  }
  return false;
}

}  // namespace

std::vector<v1::Position> PositionsOf(const Snapshot& snapshot, std::string_view customer) {
  std::vector<v1::Position> positions;
  snapshot.Scan(
      kPositions, "by_customer",
      [&](const v1::Position& position) {
        positions.push_back(position);
        return true;
      },
      base::LastIdOf(customer));
  return positions;
}

std::string SuperiorOn(const v1::Position& position, absl::CivilDay day) {
  const v1::SuperiorTerm* term = TermOn(position.superior_terms(), day);
  return term == nullptr ? position.reports_to() : term->superior();
}

bool AnybodyHolds(std::string_view customer, absl::CivilDay day, const Snapshot& snapshot) {
  bool anybody = false;
  const std::string themselves = "contacts/" + std::string(base::LastIdOf(customer));
  snapshot.Scan(
      kPositions, "by_customer",
      [&](const v1::Position& position) {
        anybody = position.contact() != themselves && HeldOn(position, day);
        return !anybody;
      },
      base::LastIdOf(customer));
  return anybody;
}

bool HeldOn(const v1::Position& position, absl::CivilDay day) {
  return StartsBy(position, day) && !EndsBefore(position, day);
}

bool ComesFirst(const v1::Position& position, const v1::Position& other) {
  return std::make_tuple(!position.primary(), std::string_view(position.name())) <
         std::make_tuple(!other.primary(), std::string_view(other.name()));
}

Facts PositionModel::Gather(const v1::CreatePositionRequest& create, const Context&,
                            const Snapshot& snapshot) {
  return {.customer_status = StatusOf(snapshot, create.parent()),
          .contact_shown = snapshot.Get(kContacts, create.position().contact()).has_value(),
          .positions = PositionsOf(snapshot, create.parent())};
}

Decision<PositionModel> PositionModel::Decide(const State&, const v1::CreatePositionRequest& create,
                                              const Context& context, const Facts& facts) {
  const v1::Position& position = create.position();
  if (absl::Status s = CheckPosition(position); !s.ok()) return s;
  if (absl::Status s = CheckCustomer(facts, create.parent()); !s.ok()) return s;
  // A service has just made it, and a refusal would be for good.
  if (!facts.contact_shown && IsByHand(context.actor))
    return Refused(v1::REASON_CONTACT_UNKNOWN, "the contact is not known here");
  if (facts.positions.size() >= kPositionsMax)
    return Refused(v1::REASON_TOO_MANY_POSITIONS, "a customer has at most 1,000 positions");
  absl::Status superior =
      CheckSuperior("position.reports_to", position.reports_to(), context.name,
                    EndsBefore(position, context.business_date), facts, context.business_date);
  if (!superior.ok()) return superior;
  if (absl::Status s = CheckPrimary(position, context.name, facts); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_position() = position;
  return event;
}

Facts PositionModel::Gather(const v1::UpdatePositionRequest& update, const Context&,
                            const Snapshot& snapshot) {
  const std::string_view customer = base::ParentOf(update.position().name());
  return {.customer_status = StatusOf(snapshot, customer),
          .positions = PositionsOf(snapshot, customer)};
}

Decision<PositionModel> PositionModel::Decide(const State& position,
                                              const v1::UpdatePositionRequest& update,
                                              const Context&, const Facts& facts) {
  const std::string_view customer = base::ParentOf(position.name());
  if (absl::Status s = CheckCustomer(facts, customer); !s.ok()) return s;
  const auto changed = engine::ChangedFields(update.position(), update.update_mask(), position);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (base::MaskTouches(*changed, "reports_to"))
    return Invalid("position.reports_to", "is changed by SetReportsTo");
  State next = position;
  base::ApplyMask(*changed, update.position(), next);
  if (absl::Status s = CheckPosition(next); !s.ok()) return s;
  if (next.has_end_date() && !position.has_end_date())
    return Refused(v1::REASON_POSITION_OPEN, "end the position instead");
  if (absl::Status s = CheckPrimary(next, position.name(), facts); !s.ok()) return s;
  Event event;
  *event.mutable_updated()->mutable_changed() = *changed;
  base::ApplyMask(*changed, update.position(), *event.mutable_updated()->mutable_position());
  return event;
}

Facts PositionModel::Gather(const v1::SetReportsToRequest& set, const Context&,
                            const Snapshot& snapshot) {
  const std::string_view customer = base::ParentOf(set.name());
  return {.customer_status = StatusOf(snapshot, customer),
          .positions = PositionsOf(snapshot, customer)};
}

Decision<PositionModel> PositionModel::Decide(const State& position,
                                              const v1::SetReportsToRequest& set,
                                              const Context& context, const Facts& facts) {
  const std::string_view customer = base::ParentOf(position.name());
  if (absl::Status s = CheckCustomer(facts, customer); !s.ok()) return s;
  const auto day = EffectiveDay(set, position.superior_terms(), context);
  if (!day.ok()) return day.status();
  if (*day > context.business_date)
    return Invalid("effective_date", "must not be later than today");
  if (!StartsBy(position, *day))
    return Invalid("effective_date", "must not be before the first day");
  if (set.reports_to() == SuperiorOn(position, *day)) return std::nullopt;
  if (EndsBefore(position, context.business_date))
    return Refused(v1::REASON_POSITION_ENDED, "the position has ended");
  absl::Status s =
      CheckSuperior("reports_to", set.reports_to(), position.name(), false, facts, *day);
  if (s.ok()) s = CheckRoomFor(position.superior_terms(), *day);
  if (!s.ok()) return s;
  if (IsAbove(position.name(), set.reports_to(), facts)) {
    return Refused(v1::REASON_REPORTING_CYCLE, "the superior reports to this position",
                   {{"superior", set.reports_to()}});
  }
  Event event;
  v1::PositionSuperiorChanged& changed = *event.mutable_superior_changed();
  *changed.mutable_superior_terms() = TermsWith(position, *day, set.reports_to(), context.zone);
  changed.set_superior(TermOn(changed.superior_terms(), context.business_date)->superior());
  changed.set_former_superior(position.reports_to());
  return event;
}

Facts PositionModel::Gather(const v1::EndPositionRequest& end, const Context&,
                            const Snapshot& snapshot) {
  return {.customer_status = StatusOf(snapshot, base::ParentOf(end.name()))};
}

Decision<PositionModel> PositionModel::Decide(const State& position,
                                              const v1::EndPositionRequest& end, const Context&,
                                              const Facts& facts) {
  const std::string_view customer = base::ParentOf(position.name());
  if (absl::Status s = base::CheckDate("end_date", end.end_date()); !s.ok()) return s;
  if (!v1::PositionEndReason_IsValid(end.end_reason()))
    return Invalid("end_reason", "must be one of the list");
  if (absl::Status s = CheckCustomer(facts, customer); !s.ok()) return s;
  if (!StartsBy(position, base::DayOf(end.end_date())))
    return Invalid("end_date", "must not be before the first day");
  if (position.has_end_date()) {
    const bool not_said = end.end_reason() == v1::POSITION_END_REASON_UNSPECIFIED;
    if (SameDate(position.end_date(), end.end_date()) &&
        (not_said || position.end_reason() == end.end_reason())) {
      return std::nullopt;
    }
    return Refused(v1::REASON_POSITION_ENDED, "correct its end by an update");
  }
  Event event;
  *event.mutable_ended()->mutable_end_date() = end.end_date();
  event.mutable_ended()->set_end_reason(end.end_reason());
  return event;
}

void PositionModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().position();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().position(), state);
      if (!state.has_end_date()) state.clear_end_reason();
      return;
    case Event::kSuperiorChanged:
      state.set_reports_to(event.superior_changed().superior());
      *state.mutable_superior_terms() = event.superior_changed().superior_terms();
      return;
    case Event::kEnded:
      *state.mutable_end_date() = event.ended().end_date();
      state.set_end_reason(event.ended().end_reason());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
