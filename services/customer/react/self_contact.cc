#include "services/customer/react/self_contact.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crm/customer/v1/position.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/text.h"
#include "libs/base/utf8.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kNamePartBytesMax = 100;

// What stands behind the last space is the family name; a name without one is that as a whole.
void SetNames(std::string_view name, v1::ContactPersonal& personal) {
  const size_t space = name.rfind(' ');
  const bool parts = space != std::string_view::npos && !base::IsBlank(name.substr(0, space)) &&
                     !base::IsBlank(name.substr(space));
  if (parts) personal.set_given_name(base::ToUtf8(name.substr(0, space), kNamePartBytesMax));
  personal.set_family_name(base::ToUtf8(parts ? name.substr(space + 1) : name, kNamePartBytesMax));
}

}  // namespace

engine::Commands OnPerson(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot&) {
  engine::Commands commands;
  const v1::CustomerCreated& created = customer.event.created();
  if (created.customer().kind() != v1::CUSTOMER_KIND_PERSON) return commands;
  auto create = std::make_unique<v1::CreateContactRequest>();
  create->set_contact_id(std::string(base::KeyOf(customer.meta.name)));
  v1::Contact& contact = *create->mutable_contact();
  contact.set_language_code(created.customer().language_code());
  SetNames(created.personal().display_name(), *contact.mutable_personal());
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

engine::Commands OnSelfContact(const engine::ForeignEvent<v1::ContactEvent>& contact,
                               const engine::Snapshot& snapshot) {
  engine::Commands commands;
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
