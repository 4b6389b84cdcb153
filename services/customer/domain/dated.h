// What holds from a day on until the next such day: lists of messages with a `start_date`, the
// oldest first, no day twice.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Most entries of such a list.
inline constexpr int kDatedChangesMax = 100;

// What held on `day`: the last entry that began by then, or else the first; nullptr: there is none.
template <class Term>
const Term* TermOn(const google::protobuf::RepeatedPtrField<Term>& terms, absl::CivilDay day) {
  const Term* held = terms.empty() ? nullptr : &terms[0];
  for (const Term& term : terms) {
    if (base::DayOf(term.start_date()) <= day) held = &term;
  }
  return held;
}

// The day from which an update holds: its effective_date, as base::CheckPastDate wants it; or the
// business date, or the day of the last entry when that is later, so that what was asked for holds
// now.
template <class Update, class Term>
absl::StatusOr<absl::CivilDay> EffectiveDay(const Update& update,
                                            const google::protobuf::RepeatedPtrField<Term>& terms,
                                            const engine::Context& context) {
  if (update.has_effective_date()) {
    if (absl::Status s =
            base::CheckPastDate("effective_date", update.effective_date(), context.business_date);
        !s.ok()) {
      return s;
    }
    return base::DayOf(update.effective_date());
  }
  if (terms.empty()) return context.business_date;
  return std::max(context.business_date, base::DayOf(terms[terms.size() - 1].start_date()));
}

// DATED_CHANGES_FULL unless an entry of this day replaces one or there are fewer than the most.
template <class Term>
absl::Status CheckRoomFor(const google::protobuf::RepeatedPtrField<Term>& terms,
                          absl::CivilDay day) {
  if (terms.size() < kDatedChangesMax) return absl::OkStatus();
  if (base::DayOf(TermOn(terms, day)->start_date()) == day) return absl::OkStatus();
  return base::Refused(v1::REASON_DATED_CHANGES_FULL, "no more dated changes can be kept");
}

// Puts an entry in its place; one of the same day goes.
template <class Term>
void PutTerm(const Term& term, google::protobuf::RepeatedPtrField<Term>& terms) {
  const absl::CivilDay day = base::DayOf(term.start_date());
  int at = 0;
  while (at < terms.size() && base::DayOf(terms[at].start_date()) < day) ++at;
  if (at < terms.size() && base::DayOf(terms[at].start_date()) == day) {
    terms[at] = term;
    return;
  }
  *terms.Add() = term;
  for (int i = terms.size() - 1; i > at; --i) terms.SwapElements(i, i - 1);
}

// The later entries that change with a new one, as they become. What it changes goes on, each field
// for itself, until an entry says it otherwise than the one before did. The first entry of all says
// everything, so that nothing goes on from a day before it.
template <class Term>
google::protobuf::RepeatedPtrField<Term> CarriedOn(
    const google::protobuf::RepeatedPtrField<Term>& terms, const Term& term) {
  google::protobuf::RepeatedPtrField<Term> carried;
  const absl::CivilDay day = base::DayOf(term.start_date());
  const Term* held = TermOn(terms, day);
  if (held == nullptr || base::DayOf(held->start_date()) > day) return carried;
  const auto& reflection = *Term::GetReflection();
  const auto differs = [&](const Term& other, const google::protobuf::FieldDescriptor* field) {
    return reflection.GetString(other, field) != reflection.GetString(*held, field);
  };
  std::vector<const google::protobuf::FieldDescriptor*> going;
  for (int i = 0; i < Term::descriptor()->field_count(); ++i) {
    const auto* field = Term::descriptor()->field(i);
    if (field->type() == field->TYPE_STRING && differs(term, field)) going.push_back(field);
  }
  for (const Term& later : terms) {
    if (base::DayOf(later.start_date()) <= day) continue;
    std::erase_if(going, [&](const auto* field) { return differs(later, field); });
    if (going.empty()) break;
    Term& next = *carried.Add() = later;
    for (const auto* field : going)
      reflection.SetString(&next, field, reflection.GetString(term, field));
  }
  return carried;
}

}  // namespace crm::customer
