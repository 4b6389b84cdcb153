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
#include "services/customer/domain/contact_merge.h"
#include "services/customer/domain/phones.h"

namespace crm::customer {
namespace {

using Event = ContactModel::Event;

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

engine::Decision<ContactModel> Update(const v1::Contact& contact, v1::Contact values,
                                      const google::protobuf::FieldMask& mask,
                                      const engine::Context& context, const ContactFacts& facts) {
  if (values.has_personal()) ReadPhones(facts.phone_country, *values.mutable_personal());
  const auto changed = engine::ChangedFields(values, mask, contact);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  v1::Contact next = contact;
  base::ApplyMask(*changed, values, next);
  if (absl::Status s = CheckContact(next, context.business_date); !s.ok()) return s;
  if (TouchesCustomFields(*changed)) {
    if (absl::Status s = CheckCustomFields(contact, next, facts.custom_fields); !s.ok()) return s;
  }
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, values, *updated.mutable_contact());
  MoveContactPersonal(updated);
  return event;
}

}  // namespace

ContactFacts ContactModel::Gather(const v1::CreateContactRequest& create,
                                  const engine::Context& context,
                                  const engine::Snapshot& snapshot) {
  return {LookUpCustomFields(create.contact(), context, snapshot),
          PhoneCountry(create.contact().personal(), snapshot)};
}

engine::Decision<ContactModel> ContactModel::Decide(const State&,
                                                    const v1::CreateContactRequest& create,
                                                    const engine::Context& context,
                                                    const ContactFacts& facts) {
  v1::Contact contact = create.contact();
  if (contact.has_personal()) ReadPhones(facts.phone_country, *contact.mutable_personal());
  if (absl::Status s = CheckContact(contact, context.business_date); !s.ok()) return s;
  if (absl::Status s = CheckCustomFields({}, contact, facts.custom_fields); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_contact() = std::move(contact);
  MoveContactPersonal(*event.mutable_created());
  return event;
}

ContactFacts ContactModel::Gather(const v1::UpdateContactRequest& update,
                                  const engine::Context& context,
                                  const engine::Snapshot& snapshot) {
  return {LookUpCustomFields(update.contact(), update.update_mask(), context, snapshot),
          PhoneCountry(update.contact().personal(), snapshot)};
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::UpdateContactRequest& update,
                                                    const engine::Context& context,
                                                    const ContactFacts& facts) {
  return Update(contact, update.contact(), update.update_mask(), context, facts);
}

ContactFacts ContactModel::Gather(const v1::ReimportContactRequest& import,
                                  const engine::Context& context,
                                  const engine::Snapshot& snapshot) {
  return {LookUpCustomFields(import.contact(), {}, context, snapshot),
          PhoneCountry(import.contact().personal(), snapshot)};
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::ReimportContactRequest& import,
                                                    const engine::Context& context,
                                                    const ContactFacts& facts) {
  v1::ReimportContactRequest added = import;
  v1::Contact& row = *added.mutable_contact();
  AddTo(contact.external_ids(), *row.mutable_external_ids(), base::SameExternalId);
  AddTo(contact.tags(), *row.mutable_tags(), std::equal_to<>());
  AddCustomFields(contact, row);
  if (row.has_personal()) {
    v1::ContactPersonal& personal = *row.mutable_personal();
    ReadPhones(facts.phone_country, personal);
    KeepMarks(contact.personal().phones(), *personal.mutable_phones(),
              [](const auto& a, const auto& b) { return a.number() == b.number(); });
    KeepMarks(contact.personal().emails(), *personal.mutable_emails(),
              [](const auto& a, const auto& b) {
                return absl::EqualsIgnoreCase(a.address(), b.address());
              });
  }
  if (absl::Status s = base::ValidateLimits(added); !s.ok()) return s;
  return Update(contact, row, {}, context, facts);
}

void ContactModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = JoinedContact(event.created());
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), JoinedContact(event.updated()), state);
      return;
    case Event::kMerged:
    case Event::kAbsorbed:
    case Event::kUnmerged:
    case Event::kMergeReversed:
    case Event::kMergeDeclined:
      FoldContactMerge(event, state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
