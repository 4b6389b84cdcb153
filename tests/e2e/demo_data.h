// The sample company of tools/demo_company.py, loaded through the public APIs by tools/demo.py: for
// stories that need more than a customer or two.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace crm::e2e {

struct DemoData {
  int companies = 1'000;
  int managers = 20;
  std::string business_date = "2026-06-30";     // That the questions are asked on.
  std::string folder;                           // For its files.
  std::map<std::string, std::string> services;  // Addresses by package, "crm.customer.v1".
};

// Takes some of the steps that tools/demo.py names; a failure of the test when that fails.
void LoadDemo(const DemoData& data, const std::vector<std::string>& steps,
              absl::Duration patience = absl::Seconds(120));

// Of a company of the book, by its number; of a story, by its id: "customers/erp-k06".
std::string DemoCompany(int number);
std::string DemoStory(const std::string& id);

}  // namespace crm::e2e
