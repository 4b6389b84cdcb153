#include "tests/e2e/four_services.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace crm::e2e {

OnFourServices::OnFourServices() {
  const std::map<std::string, std::string> programs = {{"crm.customer.v1", CRM_CUSTOMER},
                                                       {"crm.sales.v1", CRM_SALES},
                                                       {"crm.marketing.v1", CRM_MARKETING},
                                                       {"crm.servicedesk.v1", CRM_SERVICEDESK}};
  std::vector<std::string> known;
  std::map<std::string, std::string> addresses;
  for (const auto& [package, program] : programs) {
    addresses[package] = FreeAddress();
    known.push_back(absl::StrCat(package, "=", addresses[package]));
  }
  for (const auto& [package, program] : programs) {
    std::vector<std::string> flags = OnBroker(broker_.bootstrap());
    flags.insert(flags.end(), {"--service-addresses", absl::StrJoin(known, ","), "--business-date",
                               "2026-06-30"});
    services_[package] = std::make_unique<Service>(Service::Options{
        program, absl::StrCat(directory_.path(), "/", package), flags, addresses[package]});
  }
}

void OnFourServices::SetUp() {
  for (const auto& [package, service] : services_) service->Start();
  for (const auto& [package, service] : services_) ASSERT_TRUE(service->WaitUntilReady());
}

}  // namespace crm::e2e
