// What the company has decided about files that come in and go out: a part of the customer policy.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/data_exchange.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// As the policy has it, each unset field by its default.
v1::DataExchangePolicy WithDefaults(v1::DataExchangePolicy policy);

// Fields are named "customer_policy.data_exchange.import_keep_days".
absl::Status CheckDataExchange(const v1::DataExchangePolicy& policy);

// The policy as it is here, which may be behind, and its version.
struct DataExchangeFacts {
  v1::DataExchangePolicy policy;
  std::string customer_policy_etag;
};
DataExchangeFacts GatherDataExchange(const engine::Snapshot& snapshot);

}  // namespace crm::customer
