// Many notifications are read at once.
#pragma once

#include <vector>

#include "crm/customer/v1/notification.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// One command a row; INVALID_ARGUMENT for a name that stood in an earlier row.
std::vector<engine::BatchItem> SplitAcknowledgeNotifications(
    const v1::BatchAcknowledgeNotificationsRequest& request, const engine::Snapshot&);

}  // namespace crm::customer
