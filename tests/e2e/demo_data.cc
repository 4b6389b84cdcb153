#include "tests/e2e/demo_data.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/process.h"

namespace crm::e2e {

void LoadDemo(const DemoData& data, const std::vector<std::string>& steps,
              absl::Duration patience) {
  std::vector<std::string> arguments = {CRM_PYTHON,
                                        CRM_DEMO,
                                        "load",
                                        "--crmctl",
                                        CRM_CRMCTL,
                                        "--servers",
                                        absl::StrJoin(data.services, ",", absl::PairFormatter("=")),
                                        "--folder",
                                        data.folder + "/demo",
                                        "--companies",
                                        absl::StrCat(data.companies),
                                        "--managers",
                                        absl::StrCat(data.managers),
                                        "--business-date",
                                        data.business_date};
  arguments.insert(arguments.end(), steps.begin(), steps.end());
  const std::string output = data.folder + "/demo.log";
  const int code = RunProgram(arguments, output, patience);
  std::ostringstream said;
  said << std::ifstream(output).rdbuf();
  ASSERT_EQ(code, 0) << said.str();
}

std::string DemoCompany(int number) { return absl::StrFormat("customers/erp-b%05d", number); }

std::string DemoStory(const std::string& id) { return "customers/erp-" + id; }

}  // namespace crm::e2e
