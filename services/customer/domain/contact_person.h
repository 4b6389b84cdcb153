// The contact that a PERSON is: what of the customer it has, and how it follows.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <string>
#include <string_view>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"

namespace crm::customer {

// What stands behind the last space is the family name; a name without one is that as a whole.
void SetPersonName(std::string_view display_name, v1::ContactPersonal& personal);

// Whether a change of these fields of a customer is one of its contact: name, language, telephone
// numbers, e-mail addresses, birth date.
bool TouchesPerson(const google::protobuf::FieldMask& changed);

// Whether its contact follows the change by difference, so that its fact says what was before: a
// PERSON's numbers, addresses or birth date.
bool ChangesWays(const google::protobuf::FieldMask& changed, const v1::Customer& before);
// What of these changes, as it was.
v1::PersonalFacts FormerWays(const google::protobuf::FieldMask& changed,
                             const v1::Customer& before);
// Says it in a fact that has its other fields.
template <class Fact>
void SetFormerWays(const v1::Customer& before, Fact& fact) {
  if (ChangesWays(fact.changed(), before))
    *fact.mutable_former() = FormerWays(fact.changed(), before);
}

// Makes the contact follow. Numbers and addresses that the person has no more go, but for those
// where they opted out; new ones come; what else is the contact's own stays, marks too. The
// birthday follows where the contact has that of the person, not the lunar one that it may have.
// One that absorbed the person's contact follows in name and language where it had that one's:
// others were chosen for it.
void FollowPerson(const v1::FollowPersonRequest& follow, v1::Contact& contact);

// What a merged contact, which changed by following, has for the one that it was merged into: of
// lists only what went and what came. The fact has a survivor.
v1::FollowPersonRequest FollowOfMerged(const std::string& contact,
                                       const v1::ContactUpdated& updated);

}  // namespace crm::customer
