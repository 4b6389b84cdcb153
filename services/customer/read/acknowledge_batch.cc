#include "services/customer/read/acknowledge_batch.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "libs/base/hash.h"
#include "libs/base/status.h"

namespace crm::customer {

std::vector<engine::BatchItem> SplitAcknowledgeNotifications(
    const v1::BatchAcknowledgeNotificationsRequest& request, const engine::Snapshot&) {
  std::vector<engine::BatchItem> items;
  std::set<std::string> seen;
  for (const v1::BatchAcknowledgeNotificationsRow& row : request.rows()) {
    if (!seen.insert(row.name()).second) {
      items.push_back({base::Invalid("name", "stood in an earlier row"), nullptr});
      continue;
    }
    auto acknowledge = std::make_unique<v1::AcknowledgeNotificationRequest>();
    acknowledge->set_name(row.name());
    acknowledge->set_etag(row.etag());
    acknowledge->set_acted(request.acted());
    acknowledge->set_validate_only(request.validate_only());
    acknowledge->set_request_id("read-" + base::DeriveId({row.name(), request.request_id()}));
    items.push_back({absl::OkStatus(), std::move(acknowledge)});
  }
  return items;
}

}  // namespace crm::customer
