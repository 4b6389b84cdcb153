#include "services/customer/read/incomplete_customers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/completeness.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/completeness_tables.h"
#include "services/customer/read/place_token.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr std::string_view kAnybody = "staff/-";
constexpr int kWholeBps = 10'000;
// Behind the names of all customers: '0' comes after '/'.
constexpr char kBehindAll[] = "customers0";

using Place = std::optional<v1::FilledCustomer>;

std::optional<v1::FilledCustomer> RowOf(const v1::Customer& customer) {
  if (customer.status() == v1::CUSTOMER_STATUS_ERASED || !customer.merged_into().empty())
    return std::nullopt;
  v1::FilledCustomer row;
  row.set_owner(customer.owner());
  row.set_kind(customer.kind());
  row.set_filled(FilledFields(customer));
  return row;
}

std::string QuestionOf(const v1::ListIncompleteCustomersRequest& request,
                       const v1::CustomerPolicy& policy) {
  return base::Sha256({"incomplete-customers", request.parent(),
                       absl::StrCat(request.complete_bps_below(), " ", request.kind()),
                       policy.etag()});
}

absl::StatusOr<Place> PlaceOf(const v1::ListIncompleteCustomersRequest& request,
                              const v1::CustomerPolicy& policy) {
  if (request.page_token().empty()) return std::nullopt;
  v1::FilledCustomer place;
  const bool readable = ReadPlace(request.page_token(), QuestionOf(request, policy), place) &&
                        v1::CustomerKind_IsValid(place.kind());
  if (!readable)
    return base::Invalid("page_token", "is not that of the previous page by the same weights");
  return place;
}

// Customers of one kind of whom the same is known.
struct Way {
  int32_t complete_bps;
  v1::CustomerKind kind;
  std::string filled;

  auto Order() const { return std::make_tuple(complete_bps, kind, std::string_view(filled)); }
};

class Incomplete {
 public:
  Incomplete(const v1::ListIncompleteCustomersRequest& request, const v1::CustomerPolicy& policy,
             const engine::Snapshot& snapshot)
      : request_(request), policy_(policy), snapshot_(snapshot) {
    if (request.parent() != kAnybody) owner_ = base::LastIdOf(request.parent());
    below_ = request.complete_bps_below() == 0 ? kWholeBps : request.complete_bps_below();
    const int asked = request.page_size() == 0 ? kIncompletePageDefault : request.page_size();
    page_ = std::min(asked, kIncompletePageMax);
  }

  v1::ListIncompleteCustomersResponse Answer(const Place& after) {
    response_.set_customer_policy_etag(policy_.etag());
    for (int kind = v1::CustomerKind_MIN; kind <= v1::CustomerKind_MAX; ++kind) {
      const auto one = static_cast<v1::CustomerKind>(kind);
      if (request_.kind() == v1::CUSTOMER_KIND_UNSPECIFIED || request_.kind() == one) LookAt(one);
    }
    std::sort(ways_.begin(), ways_.end(),
              [](const Way& a, const Way& b) { return a.Order() < b.Order(); });
    auto way = ways_.begin();
    v1::FilledCustomer from;
    if (after.has_value()) {
      const Way begun = WayOf(*after);
      way = std::lower_bound(ways_.begin(), ways_.end(), begun,
                             [](const Way& a, const Way& b) { return a.Order() < b.Order(); });
      if (way != ways_.end() && way->Order() == begun.Order()) from = *after;
    }
    for (; way != ways_.end(); ++way) {
      if (!Give(*way, from.customer())) break;
      from.Clear();
    }
    return std::move(response_);
  }

 private:
  Way WayOf(const v1::FilledCustomer& row) const {
    int64_t all = 0, filled = 0;
    for (const v1::CompletenessWeight& weight : policy_.completeness_weights()) {
      if (!CountsFor(weight, row.kind())) continue;
      all += weight.weight();
      if (IsAmong(row.filled(), weight.field())) filled += weight.weight();
    }
    return {CompleteBps(filled, all), row.kind(), row.filled()};
  }

  // Rows behind `from`, of the owner who is asked for.
  template <class Visitor, class... Prefix>
  void Scan(v1::FilledCustomer from, const Visitor& visit, const Prefix&... prefix) const {
    if (owner_.has_value()) {
      from.set_owner(*owner_);
      snapshot_.ScanAfter(kFilledCustomers, "by_owner", from, visit, *owner_, prefix...);
    } else {
      snapshot_.ScanAfter(kFilledCustomers, "by_filled", from, visit, prefix...);
    }
  }

  // Each way once: from one to the next, over those of whom the same is known.
  void LookAt(v1::CustomerKind kind) {
    v1::FilledCustomer from;
    from.set_kind(kind);
    while (true) {
      Place next;
      Scan(
          from,
          [&](const v1::FilledCustomer& row) {
            next = row;
            return false;
          },
          kind);
      if (!next.has_value()) return;
      if (looked_at_++ == kFilledWaysMax) return response_.set_incomplete(true);
      Way way = WayOf(*next);
      if (way.complete_bps < below_) ways_.push_back(std::move(way));
      from = *std::move(next);
      from.set_customer(kBehindAll);
    }
  }

  // Customers of the way behind one. False: the page is full.
  bool Give(const Way& way, const std::string& after) {
    v1::FilledCustomer from;
    from.set_customer(after);
    from.set_kind(way.kind);
    from.set_filled(way.filled);
    bool more = true;
    Scan(
        from,
        [&](const v1::FilledCustomer& row) {
          if (response_.incomplete_customers_size() == page_) {
            response_.set_next_page_token(
                PlaceToken(QuestionOf(request_, policy_), last_.SerializeAsString()));
            return more = false;
          }
          last_ = row;
          Add(way, row);
          return true;
        },
        way.kind, way.filled);
    return more;
  }

  void Add(const Way& way, const v1::FilledCustomer& row) {
    const auto customer = snapshot_.Get(kCustomers, row.customer());
    if (!customer.has_value()) return;
    v1::IncompleteCustomer& shown = *response_.add_incomplete_customers();
    shown.set_customer(row.customer());
    shown.set_display_name(customer->display_name());
    shown.set_owner(row.owner());
    shown.set_tier(customer->tier());
    shown.set_kind(way.kind);
    shown.set_complete_bps(way.complete_bps);
    std::vector<const v1::CompletenessWeight*> missing;
    for (const v1::CompletenessWeight& weight : policy_.completeness_weights()) {
      if (CountsFor(weight, way.kind) && !IsAmong(way.filled, weight.field()))
        missing.push_back(&weight);
    }
    std::stable_sort(missing.begin(), missing.end(),
                     [](const auto* a, const auto* b) { return a->weight() > b->weight(); });
    for (const v1::CompletenessWeight* weight : missing) shown.add_missing_fields(weight->field());
  }

  const v1::ListIncompleteCustomersRequest& request_;
  const v1::CustomerPolicy& policy_;
  const engine::Snapshot& snapshot_;
  std::optional<std::string> owner_;
  int below_ = 0, page_ = 0, looked_at_ = 0;
  std::vector<Way> ways_;
  v1::FilledCustomer last_;
  v1::ListIncompleteCustomersResponse response_;
};

absl::Status CheckRequest(const v1::ListIncompleteCustomersRequest& request,
                          const engine::Snapshot& snapshot) {
  if (request.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  if (request.complete_bps_below() < 0 || request.complete_bps_below() > kWholeBps)
    return base::Invalid("complete_bps_below", "must be 1 to 10,000, or 0");
  if (!v1::CustomerKind_IsValid(request.kind()))
    return base::Invalid("kind", "must be a kind of customer");
  if (request.parent() == kAnybody) return absl::OkStatus();
  if (request.parent().empty()) return base::Invalid("parent", "must be given");
  if (absl::Status s = CheckName("parent", "staff", request.parent()); !s.ok()) return s;
  if (!snapshot.Get(kStaff, request.parent()).has_value()) return base::NotFound(request.parent());
  return absl::OkStatus();
}

}  // namespace

void ProjectFilledCustomers(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const auto before =
      change.before != nullptr ? RowOf(*change.before) : std::optional<v1::FilledCustomer>();
  auto after = RowOf(change.after);
  if (!after.has_value()) {
    if (before.has_value()) rows.Delete(kFilledCustomers, change.meta.name);
    return;
  }
  const bool same = before.has_value() && before->owner() == after->owner() &&
                    before->kind() == after->kind() && before->filled() == after->filled();
  if (same) return;
  after->set_customer(change.meta.name);
  rows.Put(kFilledCustomers, *after);
}

absl::StatusOr<v1::ListIncompleteCustomersResponse> QueryIncompleteCustomers(
    const v1::ListIncompleteCustomersRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  if (absl::Status s = CheckRequest(request, snapshot); !s.ok()) return s;
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  if (!policy.has_value()) return base::NotFound(kStandardCustomerPolicy);
  const auto after = PlaceOf(request, *policy);
  if (!after.ok()) return after.status();
  return Incomplete(request, *policy, snapshot).Answer(*after);
}

}  // namespace crm::customer
