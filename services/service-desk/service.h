// The service-desk service: tickets, and the policies that say how urgent they are.
#pragma once

#include "libs/app/run.h"

namespace crm::servicedesk {

void Describe(app::Service& service);
inline constexpr char kPackage[] = "crm.servicedesk.v1";

}  // namespace crm::servicedesk
