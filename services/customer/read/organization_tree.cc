#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "services/customer/read/organization.h"

namespace crm::customer {
namespace {

constexpr int kNone = -1;

// Units by their place in the order in which those of one superior stand.
class Tree {
 public:
  explicit Tree(std::vector<UnitOfDay> units) : units_(std::move(units)) {
    const auto rank = [](const UnitOfDay& unit) {
      return std::make_tuple(static_cast<int>(unit.node.kind()),
                             std::string_view(unit.node.display_name()),
                             std::string_view(unit.node.unit()));
    };
    std::sort(units_.begin(), units_.end(),
              [&](const UnitOfDay& a, const UnitOfDay& b) { return rank(a) < rank(b); });
    for (size_t i = 0; i < units_.size(); ++i) index_[units_[i].node.unit()] = static_cast<int>(i);
    superior_.assign(units_.size(), kNone);
    below_.resize(units_.size());
    for (size_t i = 0; i < units_.size(); ++i) FindSuperior(static_cast<int>(i));
    OpenCircles();
  }

  // Adds the units to the answer, each before those below it.
  void Write(v1::GetOrganizationResponse& response) {
    std::vector<int> left;
    for (int i = static_cast<int>(units_.size()) - 1; i >= 0; --i) {
      if (superior_[i] == kNone) left.push_back(i);
    }
    while (!left.empty()) {
      const int i = left.back();
      left.pop_back();
      order_.push_back(i);
      v1::OrganizationNode& node = *response.add_nodes();
      node = units_[i].node;
      if (superior_[i] != kNone) {
        const v1::OrganizationNode& superior = units_[superior_[i]].node;
        node.set_superior(superior.unit());
        node.set_depth(superior.depth() + 1);
        units_[i].node.set_depth(node.depth());
      }
      left.insert(left.end(), below_[i].rbegin(), below_[i].rend());
    }
  }

  // The first of the places that is here; kNone: none is.
  int Find(const std::vector<std::string>& places) const {
    for (const std::string& place : places) {
      const auto found = index_.find(place);
      if (found != index_.end()) return found->second;
    }
    return kNone;
  }

  // Counts of staff by unit as `own` has them, after Write.
  void WriteCounts(const std::vector<int>& own, v1::GetOrganizationResponse& response) const {
    std::vector<int> total = own;
    for (size_t at = order_.size(); at-- > 0;) {
      const int i = order_[at];
      response.mutable_nodes(static_cast<int>(at))->set_staff_count(own[i]);
      response.mutable_nodes(static_cast<int>(at))->set_total_staff_count(total[i]);
      if (superior_[i] != kNone) total[superior_[i]] += total[i];
    }
  }

  size_t size() const { return units_.size(); }

 private:
  void FindSuperior(int i) {
    superior_[i] = Find(units_[i].superiors);
    if (superior_[i] != kNone) {
      below_[superior_[i]].push_back(i);
      return;
    }
    const bool belongs = std::any_of(units_[i].superiors.begin(), units_[i].superiors.end(),
                                     [](const std::string& name) { return !name.empty(); });
    units_[i].node.set_detached(belongs);
  }

  // From each unit up one comes to the top or into a circle, whose first unit is put at the top.
  void OpenCircles() {
    std::vector<int> walk(units_.size(), kNone);  // The walk on which a unit was first met.
    for (size_t start = 0; start < units_.size(); ++start) {
      int at = static_cast<int>(start);
      while (at != kNone && walk[at] == kNone) {
        walk[at] = static_cast<int>(start);
        at = superior_[at];
      }
      if (at == kNone || walk[at] != static_cast<int>(start)) continue;
      int first = at;
      for (int i = superior_[at]; i != at; i = superior_[i]) first = std::min(first, i);
      auto& siblings = below_[superior_[first]];
      siblings.erase(std::find(siblings.begin(), siblings.end(), first));
      superior_[first] = kNone;
      units_[first].node.set_detached(true);
    }
  }

  std::vector<UnitOfDay> units_;
  std::map<std::string, int, std::less<>> index_;
  std::vector<int> superior_;
  std::vector<std::vector<int>> below_;
  std::vector<int> order_;  // As written.
};

}  // namespace

v1::GetOrganizationResponse OrganizationOf(std::vector<UnitOfDay> units,
                                           const std::vector<PlacesOfDay>& staff) {
  v1::GetOrganizationResponse response;
  Tree tree(std::move(units));
  tree.Write(response);
  std::vector<int> own(tree.size(), 0);
  int unplaced = 0;
  for (const PlacesOfDay& places : staff) {
    const int at = tree.Find(places);
    ++(at == kNone ? unplaced : own[at]);
  }
  tree.WriteCounts(own, response);
  response.set_staff_count(static_cast<int>(staff.size()));
  response.set_unplaced_staff_count(unplaced);
  return response;
}

}  // namespace crm::customer
