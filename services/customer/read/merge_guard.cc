#include "services/customer/read/merge_guard.h"

#include <algorithm>
#include <string_view>

#include "crm/customer/v1/contact_merge.pb.h"
#include "crm/customer/v1/customer_care.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/redirects.h"

namespace crm::customer {
namespace {

constexpr std::string_view kCustomersPrefix = "customers/", kContactsPrefix = "contacts/",
                           kService = "service:";

// Nobody is kept from opting out; the survivor hears of it (care_reactions.h).
bool OptsOut(const google::protobuf::Message& command) {
  return command.GetDescriptor() == v1::RecordConsentRequest::descriptor() &&
         static_cast<const v1::RecordConsentRequest&>(command).state() ==
             v1::CONSENT_STATE_OPTED_OUT;
}

bool IsAdmitted(const google::protobuf::Message& command) {
  if (OptsOut(command)) return true;
  const auto steps = {
      v1::MergeCustomerRequest::descriptor(),        v1::AbsorbCustomerRequest::descriptor(),
      v1::ReverseMergeRequest::descriptor(),         v1::ReleaseMergedRequest::descriptor(),
      v1::ActivateCustomerRequest::descriptor(),     v1::MergeContactRequest::descriptor(),
      v1::AbsorbContactRequest::descriptor(),        v1::ReverseContactMergeRequest::descriptor(),
      v1::ReleaseMergedContactRequest::descriptor(), v1::FollowPersonRequest::descriptor()};
  return std::find(steps.begin(), steps.end(), command.GetDescriptor()) != steps.end();
}

}  // namespace

absl::Status AdmitUnlessMerged(const engine::Guarded& guarded, const engine::Snapshot& snapshot) {
  const std::string_view name = guarded.context.name;
  const bool contact = name.starts_with(kContactsPrefix);
  if (!contact && !name.starts_with(kCustomersPrefix)) return absl::OkStatus();
  const size_t prefix = contact ? kContactsPrefix.size() : kCustomersPrefix.size();
  const std::string_view merged = name.substr(0, name.find('/', prefix));
  const bool itself = merged.size() == name.size();
  const bool reaction = std::string_view(guarded.context.actor).starts_with(kService);
  const bool asks =
      itself ? !guarded.create && !IsAdmitted(guarded.command) : guarded.create && !reaction;
  if (!asks || !snapshot.Get(kRedirects, merged).has_value()) return absl::OkStatus();
  const std::string survivor = SurvivorOf(std::string(merged), snapshot);
  if (contact) {
    return base::Refused(v1::REASON_CONTACT_MERGED, "the contact was merged into another one",
                         {{"survivor", survivor}});
  }
  return base::Refused(v1::REASON_CUSTOMER_MERGED, "the customer was merged into another one",
                       {{"survivor", survivor}});
}

}  // namespace crm::customer
