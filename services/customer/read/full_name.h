// What people call a contact.
#pragma once

#include <string>

#include "crm/customer/v1/contact.pb.h"

namespace crm::customer {

// Given and family name as they are written one behind the other: a Chinese family name first.
// Empty: none is known.
std::string FullNameOf(const v1::ContactPersonal& personal);

}  // namespace crm::customer
