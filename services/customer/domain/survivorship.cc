#include "services/customer/domain/survivorship.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <array>

#include "crm/common/v1/options.pb.h"
#include "google/api/field_behavior.pb.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/consent.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr char kPersonal[] = "personal";
// Moved by rules of their own: whoever has ordered keeps the currency, a check of the data counts
// for both, and what they said of a channel last is what they said.
constexpr char kCurrency[] = "currency_code";
constexpr char kConsents[] = "consents";
constexpr std::array kByOwnRules = {kCurrency, "verify_time", "data_check_time", "stale_since_date",
                                    kConsents};
// Decided elsewhere, by rules of their own.
constexpr std::string_view kLeftAlone[] = {"owner", "team",   "branch", "collaborators",
                                           "pool",  "parent", kCurrency};
// What orders, and people's word that there will be none, say: one thing.
constexpr std::array kOfOrders = {"status",
                                  "last_order_date",
                                  "active_until_date",
                                  "activity_check_time",
                                  "activity_tier_plan_etag",
                                  "loss"};
// As common/v1/options.proto has it where a list says nothing.
constexpr int kItemsMaxDefault = 100;

bool Has(const FieldDescriptor& field, google::api::FieldBehavior wanted) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

bool IsLeftAlone(const FieldDescriptor& field) {
  return Has(field, google::api::OUTPUT_ONLY) || Has(field, google::api::IMMUTABLE) ||
         std::find(std::begin(kLeftAlone), std::end(kLeftAlone), field.name()) !=
             std::end(kLeftAlone);
}

// A field that rules are given for: of the customer, or of its personal data.
struct Field {
  std::string path;
  const FieldDescriptor* outer;  // nullptr: a field of the customer itself.
  const FieldDescriptor* field;

  const Message& Holder(const Message& customer) const {
    return outer == nullptr ? customer : customer.GetReflection()->GetMessage(customer, outer);
  }
  bool IsSet(const Message& customer) const {
    const Message& holder = Holder(customer);
    return field->is_repeated() ? holder.GetReflection()->FieldSize(holder, field) > 0
                                : holder.GetReflection()->HasField(holder, field);
  }
};

std::vector<Field> MakeFields() {
  std::vector<Field> fields;
  const auto& customer = *v1::Customer::descriptor();
  for (int i = 0; i < customer.field_count(); ++i) {
    const FieldDescriptor& field = *customer.field(i);
    if (IsLeftAlone(field)) continue;
    if (field.name() != kPersonal) {
      fields.push_back({field.name(), nullptr, &field});
      continue;
    }
    const auto& personal = *field.message_type();
    for (int j = 0; j < personal.field_count(); ++j)
      fields.push_back({field.name() + "." + personal.field(j)->name(), &field, personal.field(j)});
  }
  return fields;
}

const std::vector<Field>& Fields() {
  static const std::vector<Field> fields = MakeFields();
  return fields;
}

FieldMask MaskOf(std::string_view path) {
  FieldMask mask;
  mask.add_paths(std::string(path));
  return mask;
}

bool SameAt(std::string_view path, const v1::Customer& a, const v1::Customer& b) {
  v1::Customer in_a, in_b;
  base::ApplyMask(MaskOf(path), a, in_a);
  base::ApplyMask(MaskOf(path), b, in_b);
  return MessageDifferencer::Equals(in_a, in_b);
}

bool SameOrders(const v1::Customer& a, const v1::Customer& b) {
  return std::all_of(kOfOrders.begin(), kOfOrders.end(),
                     [&](const char* path) { return SameAt(path, a, b); });
}

bool IsOfOrders(std::string_view path) {
  return std::find(kOfOrders.begin(), kOfOrders.end(), path) != kOfOrders.end();
}

// Lists as the values of a reflection, compared as they are written.
std::vector<std::string> Items(const Field& field, const v1::Customer& customer) {
  std::vector<std::string> items;
  const Message& holder = field.Holder(customer);
  const auto& reflection = *holder.GetReflection();
  for (int i = 0; i < reflection.FieldSize(holder, field.field); ++i) {
    switch (field.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        items.push_back(reflection.GetRepeatedString(holder, field.field, i));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        items.push_back(std::to_string(reflection.GetRepeatedEnumValue(holder, field.field, i)));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        items.push_back(reflection.GetRepeatedMessage(holder, field.field, i).SerializeAsString());
        break;
      default:  // A customer has no lists of numbers.
        break;
    }
  }
  return items;
}

bool Contains(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// Appends the i-th item of the list of `from`.
void Append(const Field& field, const v1::Customer& from, int i, v1::Customer& to) {
  const Message& source = field.Holder(from);
  Message& target = field.outer == nullptr ? static_cast<Message&>(to)
                                           : *to.GetReflection()->MutableMessage(&to, field.outer);
  const auto& reflection = *source.GetReflection();
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.AddString(&target, field.field,
                           reflection.GetRepeatedString(source, field.field, i));
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.AddEnumValue(&target, field.field,
                              reflection.GetRepeatedEnumValue(source, field.field, i));
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.AddMessage(&target, field.field)
          ->CopyFrom(reflection.GetRepeatedMessage(source, field.field, i));
      return;
    default:
      return;
  }
}

void AddMissing(const Field& field, const v1::Customer& from, v1::Customer& to) {
  const auto limit = static_cast<int>(field.field->options().GetExtension(common::v1::max_items));
  const size_t most = limit > 0 ? limit : kItemsMaxDefault;
  std::vector<std::string> there = Items(field, to);
  const std::vector<std::string> more = Items(field, from);
  for (size_t i = 0; i < more.size() && there.size() < most; ++i) {
    if (Contains(there, more[i])) continue;
    Append(field, from, static_cast<int>(i), to);
    there.push_back(more[i]);
  }
}

bool VerifiedLater(const v1::Customer& a, const v1::Customer& b) {
  if (!a.has_verify_time()) return false;
  return !b.has_verify_time() || base::TimeOf(a.verify_time()) > base::TimeOf(b.verify_time());
}

void MergeField(const Field& field, v1::MergeRule rule, const v1::Customer& absorbed,
                bool absorbed_verified_later, v1::Customer& survivor) {
  const auto take = [&] { base::ApplyMask(MaskOf(field.path), absorbed, survivor); };
  if (rule == v1::MERGE_RULE_UNSPECIFIED) {
    rule = field.field->is_repeated() ? v1::MERGE_RULE_MOST_COMPLETE
                                      : v1::MERGE_RULE_MOST_RECENTLY_VERIFIED;
  }
  switch (rule) {
    case v1::MERGE_RULE_ABSORBED:
      if (field.IsSet(absorbed) || field.IsSet(survivor)) take();
      return;
    case v1::MERGE_RULE_MOST_COMPLETE:
      if (field.field->is_repeated()) {
        AddMissing(field, absorbed, survivor);
      } else if (!field.IsSet(survivor) && field.IsSet(absorbed)) {
        take();
      }
      return;
    case v1::MERGE_RULE_MOST_RECENTLY_VERIFIED:
      if (field.IsSet(absorbed) && (absorbed_verified_later || !field.IsSet(survivor))) take();
      return;
    default:
      return;
  }
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

// A mask leaves an empty message where there was none.
void ClearIfEmptied(const FieldMask& changed, v1::Customer& customer) {
  if (base::MaskTouches(changed, kPersonal) && customer.personal().ByteSizeLong() == 0)
    customer.clear_personal();
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

// Takes out of the list of `customer` what the merge had put in. False: the merge did not only add.
bool TakeOut(const Field& field, const v1::MergeUndo& undo, v1::Customer& customer) {
  const std::vector<std::string> before = Items(field, undo.before());
  const std::vector<std::string> after = Items(field, undo.after());
  const bool only_added =
      after.size() >= before.size() && std::equal(before.begin(), before.end(), after.begin());
  if (!only_added) return false;
  const std::vector<std::string> now = Items(field, customer);
  const v1::Customer whole = customer;
  base::ApplyMask(MaskOf(field.path), v1::Customer(), customer);
  for (size_t i = 0; i < now.size(); ++i) {
    if (Contains(after, now[i]) && !Contains(before, now[i])) continue;
    Append(field, whole, static_cast<int>(i), customer);
  }
  return true;
}

}  // namespace

bool CanBeMerged(std::string_view field) {
  return std::any_of(Fields().begin(), Fields().end(),
                     [&](const Field& mergeable) { return mergeable.path == field; });
}

absl::Status CheckMergeRule(const std::string& field, const v1::MergeFieldRule& rule) {
  if (!CanBeMerged(rule.field()))
    return base::Invalid(field + ".field", "must be a field of a customer that a merge touches");
  if (!v1::MergeRule_IsValid(rule.rule()) || rule.rule() == v1::MERGE_RULE_UNSPECIFIED)
    return base::Invalid(field + ".rule", "must be a rule");
  return absl::OkStatus();
}

v1::Customer Merged(const v1::Customer& survivor, const v1::Customer& absorbed,
                    const MergeRules& rules) {
  v1::Customer merged = survivor;
  const bool later = VerifiedLater(absorbed, survivor);
  for (const Field& field : Fields()) {
    const auto rule = rules.find(field.path);
    MergeField(field, rule == rules.end() ? v1::MERGE_RULE_UNSPECIFIED : rule->second, absorbed,
               later, merged);
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
  for (const Field& field : Fields()) {
    if (!SameAt(field.path, before, after)) changed.add_paths(field.path);
  }
  for (const char* path : kByOwnRules) {
    if (!SameAt(path, before, after)) changed.add_paths(path);
  }
  if (SameOrders(before, after)) return changed;
  for (const char* path : kOfOrders) changed.add_paths(path);
  return changed;
}

v1::Customer Only(const FieldMask& fields, const v1::Customer& from) {
  v1::Customer only;
  base::ApplyMask(fields, from, only);
  if (!from.has_personal()) only.clear_personal();
  return only;
}

void TakeFields(const FieldMask& fields, const v1::Customer& from, v1::Customer& to) {
  base::ApplyMask(fields, from, to);
  if (!from.has_personal()) ClearIfEmptied(fields, to);
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
    const auto field = std::find_if(Fields().begin(), Fields().end(),
                                    [&](const Field& of) { return of.path == path; });
    if (field != Fields().end() && field->field->is_repeated()) TakeOut(*field, undo, unmerged);
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
