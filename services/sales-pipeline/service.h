// The sales-pipeline service: pipelines, opportunities, orders.
#pragma once

#include "libs/app/run.h"

namespace crm::sales {

void Describe(app::Service& service);
inline constexpr char kPackage[] = "crm.sales.v1";

}  // namespace crm::sales
