#include "services/customer/read/merge_guard.h"

#include <algorithm>
#include <string_view>

#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/redirects.h"

namespace crm::customer {
namespace {

constexpr std::string_view kCustomersPrefix = "customers/", kService = "service:";

bool IsAdmitted(const google::protobuf::Message& command) {
  const auto steps = {v1::MergeCustomerRequest::descriptor(),
                      v1::AbsorbCustomerRequest::descriptor(),
                      v1::ReverseMergeRequest::descriptor(), v1::ReleaseMergedRequest::descriptor(),
                      v1::ActivateCustomerRequest::descriptor()};
  return std::find(steps.begin(), steps.end(), command.GetDescriptor()) != steps.end();
}

}  // namespace

absl::Status AdmitUnlessMerged(const engine::Guarded& guarded, const engine::Snapshot& snapshot) {
  const std::string_view name = guarded.context.name;
  if (!name.starts_with(kCustomersPrefix)) return absl::OkStatus();
  const std::string_view customer = name.substr(0, name.find('/', kCustomersPrefix.size()));
  const bool itself = customer.size() == name.size();
  const bool reaction = std::string_view(guarded.context.actor).starts_with(kService);
  const bool asks =
      itself ? !guarded.create && !IsAdmitted(guarded.command) : guarded.create && !reaction;
  if (!asks || !snapshot.Get(kRedirects, customer).has_value()) return absl::OkStatus();
  return base::Refused(v1::REASON_CUSTOMER_MERGED, "the customer was merged into another one",
                       {{"survivor", SurvivorOf(std::string(customer), snapshot)}});
}

}  // namespace crm::customer
