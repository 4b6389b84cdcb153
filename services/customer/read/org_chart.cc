#include "services/customer/read/org_chart.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/position.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

absl::Status CheckRequest(const v1::GetOrgChartRequest& request) {
  constexpr std::string_view kCollection = "customers/";
  const std::string_view name = request.name();
  if (!name.starts_with(kCollection) || !base::IsResourceId(name.substr(kCollection.size())))
    return base::Invalid("name", "must be the name of a customer");
  if (request.has_as_of()) {
    if (absl::Status s = base::CheckDate("as_of", request.as_of()); !s.ok()) return s;
  }
  return base::CheckTimestamp("known_at", request.known_at());
}

// When a merged customer was merged into the one that stands for it.
absl::Time MergeTimeOf(const v1::Customer& customer) {
  for (const v1::CustomerMerge& merge : customer.merges()) {
    if (merge.merge_case() == customer.merge_case()) return base::TimeOf(merge.outcome_time());
  }
  return absl::InfinitePast();
}

// Rows as they are recorded now, or as they were until a moment.
class Known {
 public:
  Known(const engine::Snapshot& snapshot, const v1::GetOrgChartRequest& request)
      : snapshot_(snapshot) {
    if (request.has_known_at()) time_ = base::TimeOf(request.known_at());
  }

  // The one that stands for the customer and those that were merged into it, by what was known.
  std::vector<std::string> Names(const std::string& asked) const {
    const std::string customer =
        time_.has_value() ? SurvivorAt(asked, *time_, snapshot_) : SurvivorOf(asked, snapshot_);
    std::vector<std::string> names = NamesOf(customer, snapshot_);
    if (!time_.has_value()) return names;
    std::erase_if(names, [&](const std::string& name) {
      const auto row = snapshot_.Get(kCustomers, name);
      return name != customer && row.has_value() && MergeTimeOf(*row) > *time_;
    });
    return names;
  }

  std::vector<v1::Position> Positions(std::string_view customer) const {
    std::vector<v1::Position> positions = PositionsOf(snapshot_, customer);
    if (!time_.has_value()) return positions;
    std::vector<v1::Position> known;
    for (const v1::Position& position : positions) {
      auto then = snapshot_.GetAsOf(kPositions, *time_, *time_, position.name());
      if (then.has_value()) known.push_back(*std::move(then));
    }
    return known;
  }

  // The contact, or the one that it was merged into, by what was known.
  v1::Contact Contact(const std::string& name) const {
    auto row = Row(name);
    for (int i = 0; i < kRedirectsMax && row.has_value() && !row->merged_into().empty(); ++i)
      row = Row(row->merged_into());
    if (row.has_value()) return *std::move(row);
    v1::Contact only_name;
    only_name.set_name(name);
    return only_name;
  }

 private:
  std::optional<v1::Contact> Row(const std::string& name) const {
    return time_.has_value() ? snapshot_.GetAsOf(kContacts, *time_, *time_, name)
                             : snapshot_.Get(kContacts, name);
  }

  const engine::Snapshot& snapshot_;
  std::optional<absl::Time> time_;
};

// The positions of one day as a list, each behind its superior.
class Chart {
 public:
  explicit Chart(std::vector<v1::Position> positions) : positions_(std::move(positions)) {
    std::sort(positions_.begin(), positions_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.department(), a.title(), a.name()) <
             std::tie(b.department(), b.title(), b.name());
    });
    for (size_t i = 0; i < positions_.size(); ++i) places_.emplace(positions_[i].name(), i);
    reports_.resize(positions_.size());
    placed_.resize(positions_.size());
    for (size_t i = 0; i < positions_.size(); ++i) {
      const auto superior = places_.find(positions_[i].reports_to());
      if (superior != places_.end()) reports_[superior->second].push_back(i);
    }
  }

  std::vector<v1::OrgChartNode> Nodes() {
    std::vector<v1::OrgChartNode> nodes;
    for (size_t i = 0; i < positions_.size(); ++i) {
      if (!HasSuperior(i)) Place(i, nodes);
    }
    // A replica whose clock was behind may have recorded positions out of order, so that what was
    // recorded until a moment goes round in a circle: it is cut.
    for (size_t i = 0; i < positions_.size(); ++i) Place(i, nodes);
    return nodes;
  }

 private:
  bool HasSuperior(size_t i) const { return places_.count(positions_[i].reports_to()) > 0; }

  // The position and all below it, unless it is there already.
  void Place(size_t top, std::vector<v1::OrgChartNode>& nodes) {
    std::vector<std::pair<size_t, int>> open = {{top, 0}};
    while (!open.empty()) {
      const auto [i, depth] = open.back();
      open.pop_back();
      if (placed_[i]) continue;
      placed_[i] = true;
      v1::OrgChartNode& node = nodes.emplace_back();
      *node.mutable_position() = positions_[i];
      node.set_depth(depth);
      node.set_superior_absent(!positions_[i].reports_to().empty() && !HasSuperior(i));
      for (size_t k = reports_[i].size(); k-- > 0;) open.emplace_back(reports_[i][k], depth + 1);
    }
  }

  std::vector<v1::Position> positions_;
  std::map<std::string, size_t, std::less<>> places_;
  std::vector<std::vector<size_t>> reports_;
  std::vector<bool> placed_;
};

}  // namespace

absl::StatusOr<v1::GetOrgChartResponse> QueryOrgChart(const v1::GetOrgChartRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context) {
  if (absl::Status s = CheckRequest(request); !s.ok()) return s;
  if (!snapshot.Get(kCustomers, request.name()).has_value()) return base::NotFound(request.name());
  const absl::CivilDay day =
      request.has_as_of() ? base::DayOf(request.as_of()) : context.business_date;
  const Known known(snapshot, request);
  std::vector<v1::Position> positions;
  for (const std::string& name : known.Names(request.name())) {
    for (v1::Position& position : known.Positions(name)) positions.push_back(std::move(position));
  }
  std::erase_if(positions, [&](const v1::Position& position) { return !HeldOn(position, day); });
  for (v1::Position& position : positions) position.set_reports_to(SuperiorOn(position, day));

  v1::GetOrgChartResponse response;
  *response.mutable_as_of() = base::DateOf(day);
  if (request.has_known_at()) *response.mutable_known_at() = request.known_at();
  size_t bytes = 0;
  for (v1::OrgChartNode& node : Chart(std::move(positions)).Nodes()) {
    const std::string& contact = node.position().contact();
    if (!response.contacts_cut()) *node.mutable_contact() = known.Contact(contact);
    const size_t more = node.ByteSizeLong();
    if (bytes + more > kOrgChartBytesMax) response.set_contacts_cut(true);
    if (response.contacts_cut()) {
      node.clear_contact();
      node.mutable_contact()->set_name(contact);
    }
    bytes += node.ByteSizeLong();
    *response.add_nodes() = std::move(node);
  }
  return response;
}

}  // namespace crm::customer
