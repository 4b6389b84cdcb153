// A vCard as a customer or a contact.
#pragma once

#include "libs/files/vcard.h"
#include "services/customer/react/import_rows.h"

namespace crm::customer {

// Sets what the card says in the row's resource. What has no field here is left out; of a contact
//
//   N, FN             names; a card with FN only: all of it is the family name
//   TEL, EMAIL        numbers and addresses, the first of the preferred ones primary
//   BDAY, ANNIVERSARY day of birth, wedding; a day without year too, anything else is a warning
//   CATEGORIES        tags
//   LANG              language
//   UID               external id of system "vcard"
//
// and of a customer FN or ORG (its name: a COMPANY when it has ORG, else a PERSON), TEL, EMAIL,
// ADR, URL, CATEGORIES, LANG, UID.
void ReadVcard(const files::VcardRecord& card, ImportRow& row);

}  // namespace crm::customer
