// Telephone numbers as people write them: what is kept is E.164, whoever brings them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Whose numbers are meant where none is written: the policy's country, which may be behind.
std::string PhoneCountry(const engine::Snapshot& snapshot);
// The same where one of the numbers is not E.164 already; else empty, without a look.
std::string PhoneCountry(const v1::CustomerPersonal& personal, const engine::Snapshot& snapshot);
std::string PhoneCountry(const v1::ContactPersonal& personal, const engine::Snapshot& snapshot);
std::string PhoneCountry(const v1::StaffPersonal& personal, const engine::Snapshot& snapshot);

// E.164; nullopt: no number. One that names its country needs no numbering plan to know it; another
// must be of the plan of `country` (empty: there is none). Cost: as files::ParsePhone, unless it is
// E.164 already.
std::optional<std::string> ReadPhone(std::string_view text, std::string_view country);

// Each number that can be read becomes E.164; the others stay, for the check that names them.
void ReadPhones(std::string_view country, v1::CustomerPersonal& personal);
void ReadPhones(std::string_view country, v1::ContactPersonal& personal);
void ReadPhones(std::string_view country, v1::StaffPersonal& personal);

}  // namespace crm::customer
