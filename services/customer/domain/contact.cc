#include "services/customer/domain/contact.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "libs/base/check.h"
#include "libs/base/external_id.h"
#include "libs/base/field_limits.h"
#include "libs/base/field_mask.h"
#include "libs/engine/update.h"
#include "services/customer/domain/contact_checks.h"

namespace crm::customer {
namespace {

using Event = ContactModel::Event;

// Personal data stand apart in an event, so that they can be encrypted and erased.
template <class Fact>
void MovePersonal(Fact& fact) {
  v1::Contact& contact = *fact.mutable_contact();
  if (contact.has_personal()) fact.mutable_personal()->Swap(contact.mutable_personal());
  contact.clear_personal();
}

template <class Fact>
v1::Contact Joined(const Fact& fact) {
  v1::Contact joined = fact.contact();
  if (fact.has_personal()) *joined.mutable_personal() = fact.personal();
  return joined;
}

template <class List, class Same>
void AddTo(const List& there, List& more, const Same& same) {
  List all = there;
  for (const auto& one : more) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const auto& other) { return same(other, one); });
    if (!known) *all.Add() = one;
  }
  more = std::move(all);
}

// A file does not say that somebody may be written to again: what a number or an address is known
// to be stays so, and where they opted out stays known. The first is the row's if it names one.
template <class List, class Same>
void KeepMarks(const List& there, List& row, const Same& same) {
  if (row.empty()) return;
  const bool names_first =
      std::any_of(row.begin(), row.end(), [](const auto& one) { return one.primary(); });
  for (auto& one : row) {
    const auto known = std::find_if(there.begin(), there.end(),
                                    [&](const auto& other) { return same(other, one); });
    if (known == there.end()) continue;
    one.set_opted_out(one.opted_out() || known->opted_out());
    one.set_invalid(one.invalid() || known->invalid());
    if (!names_first) one.set_primary(known->primary());
  }
  for (const auto& known : there) {
    const bool gone =
        std::none_of(row.begin(), row.end(), [&](const auto& one) { return same(one, known); });
    if (!known.opted_out() || !gone) continue;
    *row.Add() = known;
    row[row.size() - 1].set_primary(false);
  }
}

engine::Decision<ContactModel> Update(const v1::Contact& contact, const v1::Contact& values,
                                      const google::protobuf::FieldMask& mask,
                                      const engine::Context& context) {
  const auto changed = engine::ChangedFields(values, mask, contact);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  v1::Contact next = contact;
  base::ApplyMask(*changed, values, next);
  if (absl::Status s = CheckContact(next, context.business_date); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, values, *updated.mutable_contact());
  MovePersonal(updated);
  return event;
}

}  // namespace

engine::Decision<ContactModel> ContactModel::Decide(const State&,
                                                    const v1::CreateContactRequest& create,
                                                    const engine::Context& context) {
  if (absl::Status s = CheckContact(create.contact(), context.business_date); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_contact() = create.contact();
  MovePersonal(*event.mutable_created());
  return event;
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::UpdateContactRequest& update,
                                                    const engine::Context& context) {
  return Update(contact, update.contact(), update.update_mask(), context);
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::ReimportContactRequest& import,
                                                    const engine::Context& context) {
  v1::ReimportContactRequest added = import;
  v1::Contact& row = *added.mutable_contact();
  AddTo(contact.external_ids(), *row.mutable_external_ids(), base::SameExternalId);
  AddTo(contact.tags(), *row.mutable_tags(), std::equal_to<>());
  if (row.has_personal()) {
    v1::ContactPersonal& personal = *row.mutable_personal();
    KeepMarks(contact.personal().phones(), *personal.mutable_phones(),
              [](const auto& a, const auto& b) { return a.number() == b.number(); });
    KeepMarks(contact.personal().emails(), *personal.mutable_emails(),
              [](const auto& a, const auto& b) {
                return absl::EqualsIgnoreCase(a.address(), b.address());
              });
  }
  if (absl::Status s = base::ValidateLimits(added); !s.ok()) return s;
  return Update(contact, row, {}, context);
}

void ContactModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = Joined(event.created());
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), Joined(event.updated()), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
