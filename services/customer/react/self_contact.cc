#include "services/customer/react/self_contact.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "libs/base/resource_name.h"
#include "services/customer/domain/contact_person.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

engine::Commands MakeContact(const v1::CustomerCreated& created, const std::string& customer) {
  engine::Commands commands;
  if (created.customer().kind() != v1::CUSTOMER_KIND_PERSON) return commands;
  auto create = std::make_unique<v1::CreateContactRequest>();
  create->set_contact_id(std::string(base::KeyOf(customer)));
  v1::Contact& contact = *create->mutable_contact();
  contact.set_language_code(created.customer().language_code());
  SetPersonName(created.personal().display_name(), *contact.mutable_personal());
  const v1::CustomerPersonal& person = created.personal().personal();
  for (const std::string& number : person.phones()) {
    v1::ContactPhone& phone = *contact.mutable_personal()->add_phones();
    phone.set_number(number);
    phone.set_primary(contact.personal().phones_size() == 1);
  }
  for (const std::string& address : person.emails()) {
    v1::ContactEmail& email = *contact.mutable_personal()->add_emails();
    email.set_address(address);
    email.set_primary(contact.personal().emails_size() == 1);
  }
  commands.push_back(std::move(create));
  return commands;
}

// What of a person its contact follows.
v1::Customer PersonOf(const v1::Customer& customer, const v1::PersonalFacts& facts) {
  v1::Customer person;
  person.set_display_name(facts.display_name());
  person.set_language_code(customer.language_code());
  *person.mutable_personal()->mutable_phones() = facts.personal().phones();
  *person.mutable_personal()->mutable_emails() = facts.personal().emails();
  if (facts.personal().has_birth_date())
    *person.mutable_personal()->mutable_birth_date() = facts.personal().birth_date();
  return person;
}

// Facts from before do not say what the customer was until then.
std::optional<v1::Customer> VersionBefore(const engine::EventMeta& meta,
                                          const engine::Snapshot& snapshot) {
  const absl::Time before = meta.time - absl::Nanoseconds(1);
  return snapshot.GetAsOf(kCustomers, before, before, meta.name);
}

// `fact`: fields of a customer changed.
template <class Fact>
engine::Commands Follow(const Fact& fact, const engine::EventMeta& meta,
                        const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (!TouchesPerson(fact.changed())) return commands;
  const auto row = snapshot.Get(kCustomers, meta.name);
  if (!row.has_value() || row->kind() != v1::CUSTOMER_KIND_PERSON) return commands;
  v1::FollowPersonRequest follow;
  *follow.mutable_changed() = fact.changed();
  *follow.mutable_person() = PersonOf(fact.customer(), fact.personal());
  if (fact.has_former()) {
    *follow.mutable_former()->mutable_personal() = fact.former().personal();
  } else if (const auto former = VersionBefore(meta, snapshot)) {
    v1::PersonalFacts facts;
    *facts.mutable_personal() = former->personal();
    *follow.mutable_former() = PersonOf({}, facts);
  }
  follow.set_name("contacts/" + std::string(base::KeyOf(meta.name)));
  commands.push_back(std::make_unique<v1::FollowPersonRequest>(std::move(follow)));
  return commands;
}

}  // namespace

engine::Commands OnPerson(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot) {
  const v1::CustomerEvent& event = customer.event;
  if (event.has_created()) return MakeContact(event.created(), customer.meta.name);
  if (event.has_updated()) return Follow(event.updated(), customer.meta, snapshot);
  if (event.has_absorbed()) return Follow(event.absorbed(), customer.meta, snapshot);
  if (event.has_merge_reversed()) return Follow(event.merge_reversed(), customer.meta, snapshot);
  return {};
}

engine::Commands OnSelfContact(const engine::ForeignEvent<v1::ContactEvent>& contact,
                               const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (!contact.event.updated().survivor().empty()) {
    commands.push_back(std::make_unique<v1::FollowPersonRequest>(
        FollowOfMerged(contact.meta.name, contact.event.updated())));
  }
  if (!contact.event.has_created()) return commands;
  const std::string customer = "customers/" + std::string(base::KeyOf(contact.meta.name));
  const auto row = snapshot.Get(kCustomers, customer);
  if (!row.has_value() || row->kind() != v1::CUSTOMER_KIND_PERSON) return commands;
  auto create = std::make_unique<v1::CreatePositionRequest>();
  create->set_parent(customer);
  create->set_position_id(kSelfPosition);
  create->mutable_position()->set_contact(contact.meta.name);
  commands.push_back(std::move(create));
  return commands;
}

}  // namespace crm::customer
