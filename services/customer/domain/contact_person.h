// The contact that a PERSON is: what of the customer it has, and how it follows.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <string_view>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"

namespace crm::customer {

// What stands behind the last space is the family name; a name without one is that as a whole.
void SetPersonName(std::string_view display_name, v1::ContactPersonal& personal);

// Whether a change of these fields of a customer is one of its contact: name, language, telephone
// numbers, e-mail addresses, birth date.
bool TouchesPerson(const google::protobuf::FieldMask& changed);

// Makes the contact follow. Numbers and addresses that the person has no more go, but for those
// where they opted out; new ones come; what else is the contact's own stays, marks too. The
// birthday follows where the contact has that of the person, not the lunar one that it may have.
void FollowPerson(const v1::FollowPersonRequest& follow, v1::Contact& contact);

}  // namespace crm::customer
