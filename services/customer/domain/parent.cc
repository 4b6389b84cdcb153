#include "services/customer/domain/parent.h"

#include <string_view>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

absl::Status ParentRefusal(const std::string& customer, const std::string& parent,
                           const engine::Snapshot& snapshot) {
  if (parent.empty()) return absl::OkStatus();
  if (absl::Status s = CheckName("customer.parent", "customers", parent); !s.ok()) return s;
  std::string at = SurvivorOf(parent, snapshot);
  for (int level = 0; level < kGroupLevelsMax; ++level) {
    if (at == customer) break;
    const auto above = snapshot.Get(kCustomers, at);
    const bool known = above.has_value() && above->status() != v1::CUSTOMER_STATUS_ERASED;
    if (level == 0 && !known)
      return base::Refused(v1::REASON_PARENT_UNKNOWN, "the parent is not known here",
                           {{"parent", parent}});
    if (!known || above->parent().empty()) return absl::OkStatus();
    at = SurvivorOf(above->parent(), snapshot);
  }
  return base::Refused(v1::REASON_PARENT_CYCLE,
                       "the customer would belong to itself, or have too many above it",
                       {{"parent", parent}});
}

}  // namespace crm::customer
