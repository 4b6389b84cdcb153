#include "services/customer/read/redirects.h"

#include <algorithm>
#include <string_view>

#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

std::string SurvivorOf(const std::string& customer, const engine::Snapshot& snapshot) {
  std::string at = customer;
  for (int i = 0; i < kRedirectsMax; ++i) {
    const auto redirect = snapshot.Get(kRedirects, at);
    if (!redirect.has_value()) return at;
    at = redirect->survivor();
  }
  // Two merges at one moment point at each other until one of them is declined.
  return customer;
}

std::string SurvivorAt(const std::string& customer, absl::Time known_at,
                       const engine::Snapshot& snapshot) {
  std::string at = customer;
  for (int i = 0; i < kRedirectsMax; ++i) {
    const auto version = snapshot.GetAsOf(kCustomers, known_at, known_at, at);
    if (!version.has_value() || version->merged_into().empty()) return at;
    at = version->merged_into();
  }
  return customer;
}

std::vector<std::string> NamesOf(const std::string& customer, const engine::Snapshot& snapshot) {
  std::vector<std::string> names{customer};
  for (size_t i = 0; i < names.size(); ++i) {
    snapshot.Scan(
        kRedirects, "by_survivor",
        [&](const v1::Redirect& redirect) {
          const std::string& name = redirect.customer();
          if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
          return names.size() < kNamesMax;
        },
        names[i]);
  }
  return names;
}

std::vector<std::string> ParentsOf(const std::string& parent, const engine::Snapshot& snapshot) {
  constexpr std::string_view kCustomersPrefix = "customers/";
  const bool customer = parent.starts_with(kCustomersPrefix) &&
                        parent.find('/', kCustomersPrefix.size()) == parent.npos;
  if (!customer) return {parent};
  std::vector<std::string> names = NamesOf(SurvivorOf(parent, snapshot), snapshot);
  std::erase(names, parent);
  names.insert(names.begin(), parent);
  return names;
}

std::unordered_map<std::string, std::string> Redirects(const engine::Snapshot& snapshot) {
  std::unordered_map<std::string, std::string> survivors;
  snapshot.Scan(kRedirects, "", [&](const v1::Redirect& redirect) {
    survivors.emplace(redirect.customer(), redirect.survivor());
    return true;
  });
  std::unordered_map<std::string, std::string> last = survivors;
  for (auto& [customer, survivor] : last) {
    int steps = 0;
    for (auto next = survivors.find(survivor); next != survivors.end() && ++steps < kRedirectsMax;
         next = survivors.find(survivor))
      survivor = next->second;
    if (steps == kRedirectsMax) survivor = customer;
  }
  return last;
}

}  // namespace crm::customer
