#include "services/customer/domain/contact.h"

#include "libs/base/check.h"
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
  const auto changed = engine::ChangedFields(update.contact(), update.update_mask(), contact);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = contact;
  base::ApplyMask(*changed, update.contact(), next);
  if (absl::Status s = CheckContact(next, context.business_date); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.contact(), *updated.mutable_contact());
  MovePersonal(updated);
  return event;
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
