#include "services/customer/domain/survivorship.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <array>

#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/consent.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::util::MessageDifferencer;

// Moved by rules of their own: whoever has ordered keeps the currency, one that stood below the
// other takes its place, a check of the data counts for both, and what they said of a channel last
// is what they said.
constexpr char kCurrency[] = "currency_code";
constexpr char kConsents[] = "consents";
constexpr char kParent[] = "parent";
constexpr std::array kByOwnRules = {kCurrency,          kParent,  "verify_time", "data_check_time",
                                    "stale_since_date", kConsents};
// Decided elsewhere, by rules of their own.
constexpr std::string_view kLeftAlone[] = {"owner", "team",  "branch", "collaborators",
                                           "pool",  kParent, kCurrency};
// What orders, and people's word that there will be none, say: one thing.
constexpr std::array kOfOrders = {"status",
                                  "last_order_date",
                                  "active_until_date",
                                  "activity_check_time",
                                  "activity_tier_plan_etag",
                                  "loss"};

const MergeFields& Fields() {
  static const MergeFields fields(*v1::Customer::descriptor(), kLeftAlone);
  return fields;
}

bool SameOrders(const v1::Customer& a, const v1::Customer& b) {
  return std::all_of(kOfOrders.begin(), kOfOrders.end(),
                     [&](const char* path) { return SameAt(path, a, b); });
}

bool IsOfOrders(std::string_view path) {
  return std::find(kOfOrders.begin(), kOfOrders.end(), path) != kOfOrders.end();
}

bool VerifiedLater(const v1::Customer& a, const v1::Customer& b) {
  if (!a.has_verify_time()) return false;
  return !b.has_verify_time() || base::TimeOf(a.verify_time()) > base::TimeOf(b.verify_time());
}

int StepOf(v1::CustomerStatus status) {
  switch (status) {
    case v1::CUSTOMER_STATUS_PROSPECT:
      return 1;
    case v1::CUSTOMER_STATUS_INACTIVE:
      return 2;
    case v1::CUSTOMER_STATUS_ACTIVE:
      return 3;
    default:
      return 0;
  }
}

// How far the two have come together: as far as the one who came further, and the later of their
// last orders. A loss is taken back by what the other orders, and by nothing else.
void MergeOrders(const v1::Customer& absorbed, v1::Customer& survivor) {
  const bool may = survivor.status() != v1::CUSTOMER_STATUS_LOST ||
                   absorbed.status() == v1::CUSTOMER_STATUS_ACTIVE;
  const bool further = may && StepOf(absorbed.status()) > StepOf(survivor.status());
  const bool later =
      absorbed.has_last_order_date() &&
      (!survivor.has_last_order_date() ||
       base::DayOf(absorbed.last_order_date()) > base::DayOf(survivor.last_order_date()));
  if (further) {
    survivor.set_status(absorbed.status());
    survivor.clear_loss();
  }
  if (later) *survivor.mutable_last_order_date() = absorbed.last_order_date();
  if (survivor.status() != v1::CUSTOMER_STATUS_ACTIVE || !absorbed.has_active_until_date()) return;
  if (!further && !later) return;
  *survivor.mutable_active_until_date() = absorbed.active_until_date();
  *survivor.mutable_activity_check_time() = absorbed.activity_check_time();
  survivor.set_activity_tier_plan_etag(absorbed.activity_tier_plan_etag());
}

// The data are as fresh as those of the one that was checked last.
void MergeChecks(const v1::Customer& absorbed, v1::Customer& survivor) {
  if (!absorbed.has_data_check_time()) return;
  if (survivor.has_data_check_time() &&
      base::TimeOf(absorbed.data_check_time()) <= base::TimeOf(survivor.data_check_time()))
    return;
  *survivor.mutable_data_check_time() = absorbed.data_check_time();
  survivor.clear_stale_since_date();
  if (absorbed.has_stale_since_date())
    *survivor.mutable_stale_since_date() = absorbed.stale_since_date();
}

bool ContainsTerm(const v1::Customer& customer, const v1::ConsentTerm& term) {
  return std::any_of(
      customer.consents().begin(), customer.consents().end(),
      [&](const v1::ConsentTerm& there) { return MessageDifferencer::Equals(there, term); });
}

// Takes out the terms that the merge had put in.
void TakeOutConsents(const v1::MergeUndo& undo, v1::Customer& customer) {
  auto& terms = *customer.mutable_consents();
  terms.erase(std::remove_if(terms.begin(), terms.end(),
                             [&](const v1::ConsentTerm& term) {
                               return ContainsTerm(undo.after(), term) &&
                                      !ContainsTerm(undo.before(), term);
                             }),
              terms.end());
}

}  // namespace

bool CanBeMerged(std::string_view field) { return Fields().Find(field) != nullptr; }

absl::Status CheckMergeRule(const std::string& field, const v1::MergeFieldRule& rule) {
  if (!CanBeMerged(rule.field()))
    return base::Invalid(field + ".field", "must be a field of a customer that a merge touches");
  return CheckMergeRuleKind(field, rule);
}

v1::Customer Merged(const v1::Customer& survivor, const v1::Customer& absorbed,
                    const MergeRules& rules) {
  v1::Customer merged = survivor;
  const bool later = VerifiedLater(absorbed, survivor);
  for (const MergeField& field : Fields().all()) {
    const auto rule = rules.find(field.path);
    field.Merge(rule == rules.end() ? v1::MERGE_RULE_UNSPECIFIED : rule->second, absorbed, later,
                merged);
  }
  if (later) *merged.mutable_verify_time() = absorbed.verify_time();
  MergeChecks(absorbed, merged);
  for (const v1::ConsentTerm& term : absorbed.consents()) {
    if (!ContainsTerm(merged, term)) AddConsent(term, merged);
  }
  const bool only_absorbed_ordered =
      absorbed.has_last_order_date() && !survivor.has_last_order_date();
  if (only_absorbed_ordered || survivor.currency_code().empty())
    merged.set_currency_code(absorbed.currency_code());
  MergeOrders(absorbed, merged);
  return merged;
}

FieldMask MergedFields(const v1::Customer& before, const v1::Customer& after) {
  FieldMask changed;
  for (const MergeField& field : Fields().all()) {
    if (!SameAt(field.path, before, after)) changed.add_paths(field.path);
  }
  for (const char* path : kByOwnRules) {
    if (!SameAt(path, before, after)) changed.add_paths(path);
  }
  if (SameOrders(before, after)) return changed;
  for (const char* path : kOfOrders) changed.add_paths(path);
  return changed;
}

v1::Customer Unmerged(const v1::Customer& customer, const v1::MergeUndo& undo,
                      std::vector<std::string>& kept) {
  v1::Customer unmerged = customer;
  for (const std::string& path : undo.changed().paths()) {
    if (path == kConsents) {
      TakeOutConsents(undo, unmerged);
      continue;
    }
    const bool unchanged = IsOfOrders(path) ? SameOrders(customer, undo.after())
                                            : SameAt(path, customer, undo.after());
    if (unchanged) {
      base::ApplyMask(MaskOf(path), undo.before(), unmerged);
      continue;
    }
    kept.push_back(path);
    const MergeField* field = Fields().Find(path);
    if (field != nullptr && field->IsList()) field->TakeOut(undo.before(), undo.after(), unmerged);
  }
  if (!undo.before().has_personal()) ClearIfEmptied(undo.changed(), unmerged);
  return unmerged;
}

void AddOrderFields(FieldMask& fields) {
  for (const char* path : kOfOrders) {
    const auto& paths = fields.paths();
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) fields.add_paths(path);
  }
}

void TakeOrdersApart(const v1::Customer& customer, const v1::MergeUndo& undo, const OrderDays& days,
                     v1::Customer& unmerged, std::vector<std::string>& kept) {
  if (!customer.has_last_order_date()) return;
  const absl::CivilDay last = base::DayOf(customer.last_order_date());
  const bool theirs = days.theirs == last && (!days.own.has_value() || *days.own < last);
  if (!theirs) return;
  FieldMask fields;
  AddOrderFields(fields);
  base::ApplyMask(fields, undo.before(), unmerged);
  kept.erase(std::remove_if(kept.begin(), kept.end(), IsOfOrders), kept.end());
  const bool since =
      days.own.has_value() && (!undo.before().has_last_order_date() ||
                               *days.own > base::DayOf(undo.before().last_order_date()));
  if (!since) return;
  *unmerged.mutable_last_order_date() = base::DateOf(*days.own);
  if (customer.status() != v1::CUSTOMER_STATUS_ACTIVE &&
      customer.status() != v1::CUSTOMER_STATUS_INACTIVE)
    return;
  unmerged.set_status(customer.status());
  unmerged.clear_loss();
  if (!customer.has_active_until_date()) return;
  // As much earlier as the order was.
  const absl::civil_diff_t earlier = last - *days.own;
  *unmerged.mutable_active_until_date() =
      base::DateOf(base::DayOf(customer.active_until_date()) - earlier);
  *unmerged.mutable_activity_check_time() =
      base::TimestampOf(base::TimeOf(customer.activity_check_time()) - absl::Hours(24 * earlier));
  unmerged.set_activity_tier_plan_etag(customer.activity_tier_plan_etag());
}

}  // namespace crm::customer
