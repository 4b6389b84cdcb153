#include "tests/e2e/four_services.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/demo_data.h"

namespace crm::e2e {

OnFourServices::OnFourServices(const std::string& business_date) {
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
                               business_date});
    services_[package] = std::make_unique<Service>(Service::Options{
        program, absl::StrCat(directory_.path(), "/", package), flags, addresses[package]});
  }
}

void OnFourServices::SetUp() {
  for (const auto& [package, service] : services_) service->Start();
  for (const auto& [package, service] : services_) ASSERT_TRUE(service->WaitUntilReady());
}

void OnFourServices::Load(int companies, const std::vector<std::string>& steps) {
  DemoData data{.companies = companies, .managers = 1, .folder = directory_.path()};
  for (const auto& [package, service] : services_) data.services[package] = service->address();
  LoadDemo(data, steps);
}

}  // namespace crm::e2e
