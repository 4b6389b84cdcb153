#include "services/customer/react/duplicate_reactions.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/base/check.h"
#include "services/customer/domain/merge_case.h"
#include "services/customer/read/duplicate_search.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// The attribute as a field of Customer.
std::string_view FieldOf(v1::LinkageAttribute attribute) {
  switch (attribute) {
    case v1::LINKAGE_ATTRIBUTE_NAME:
      return "display_name";
    case v1::LINKAGE_ATTRIBUTE_BIRTH_DATE:
      return "personal.birth_date";
    case v1::LINKAGE_ATTRIBUTE_PHONE:
      return "personal.phones";
    case v1::LINKAGE_ATTRIBUTE_EMAIL:
      return "personal.emails";
    case v1::LINKAGE_ATTRIBUTE_TAX_ID:
      return "personal.tax_id";
    case v1::LINKAGE_ATTRIBUTE_ADDRESS:
      return "personal.addresses";
    case v1::LINKAGE_ATTRIBUTE_POSTAL_CODE:
      return "personal.addresses.postal_code";
    case v1::LINKAGE_ATTRIBUTE_LOCALITY:
      return "personal.addresses.locality";
    case v1::LINKAGE_ATTRIBUTE_WEB_HOST:
      return "website";
    default:
      return "";
  }
}

std::string LevelNameOf(const v1::LinkageEvidence& evidence) {
  if (evidence.level() == 0) return "exact";
  if (evidence.threshold() == 0) return "different";
  return evidence.method() == v1::LINKAGE_METHOD_JARO_WINKLER
             ? absl::StrCat("jaro_winkler_", evidence.threshold() / 100)
             : absl::StrCat("damerau_levenshtein_", evidence.threshold());
}

bool HasExactKey(const LinkageScore& score, v1::LinkageAttribute attribute) {
  return std::any_of(
      score.exact_keys.begin(), score.exact_keys.end(),
      [&](v1::LinkageKeyKind kind) { return AttributesOf(kind).contains(attribute); });
}

std::unique_ptr<v1::SuggestMergeRequest> SuggestionOf(const std::string& first,
                                                      const std::string& second,
                                                      const LinkageScore& score,
                                                      const v1::DuplicateScan& scan,
                                                      const v1::LinkageModel& model) {
  auto suggest = std::make_unique<v1::SuggestMergeRequest>();
  suggest->set_merge_case_id(MergeCaseIdOf(first, second));
  v1::MergeCase& merge_case = *suggest->mutable_merge_case();
  merge_case.set_first_customer(first);
  merge_case.set_second_customer(second);
  merge_case.set_match_weight_millis(static_cast<int32_t>(score.weight_millibits));
  merge_case.set_match_probability_ppm(score.probability_ppm);
  merge_case.set_source(scan.name());
  merge_case.set_model(absl::StrCat(model.name(), " ", model.etag()));
  for (const v1::LinkageEvidence& of : score.evidence) {
    if (of.level() < 0) continue;
    v1::MatchEvidence& evidence = *merge_case.add_evidence();
    evidence.set_field(std::string(FieldOf(of.attribute())));
    evidence.set_level(LevelNameOf(of));
    evidence.set_weight_millis(
        static_cast<int32_t>(of.weight_millibits() + of.term_frequency_millibits()));
    evidence.set_term_frequency_millis(static_cast<int32_t>(of.term_frequency_millibits()));
    evidence.set_exact_key(of.level() == 0 && HasExactKey(score, of.attribute()));
  }
  return suggest;
}

class Stretch {
 public:
  Stretch(const v1::DuplicateScan& scan, const v1::LinkageModel& model,
          const engine::Snapshot& snapshot)
      : scan_(scan), model_(model), snapshot_(snapshot), search_(model, snapshot) {}

  engine::Commands Run(const std::string& after, int64_t customers_max) {
    bool more = false;
    v1::Customer start;
    start.set_name(after);
    snapshot_.ScanAfter(kCustomers, "", start, [&](const v1::Customer& customer) {
      more = done_.scanned_customer_count() == customers_max ||
             done_.compared_pair_count() >= kStretchPairsMax;
      if (!more) LookAt(customer);
      return !more;
    });
    auto next = std::make_unique<v1::ContinueDuplicateScanRequest>();
    next->set_name(scan_.name());
    next->set_after_customer(after);
    next->set_last(!more);
    done_.set_linkage_model_etag(model_.etag());
    *next->mutable_stretch() = done_;
    commands_.push_back(std::move(next));
    return std::move(commands_);
  }

 private:
  void LookAt(const v1::Customer& customer) {
    done_.set_scanned_through(customer.name());
    done_.set_scanned_customer_count(done_.scanned_customer_count() + 1);
    if (customer.status() == v1::CUSTOMER_STATUS_ERASED || !customer.merged_into().empty()) return;
    const LinkageRecord record = LinkageRecordOf(customer);
    const auto found = search_.CandidatesOf(record, customer.name(), customer.name());
    done_.set_skipped_block_count(done_.skipped_block_count() + found.skipped_blocks);
    for (const std::string& name : found.names) {
      const DuplicateSearch::Known* other = search_.Read(name);
      // Those of different kinds cannot be merged.
      if (other == nullptr || other->customer.kind() != customer.kind()) continue;
      done_.set_compared_pair_count(done_.compared_pair_count() + 1);
      Judge(customer.name(), name, search_.Compare(record, other->record));
    }
  }

  void Judge(const std::string& first, const std::string& second, const LinkageScore& score) {
    const int32_t suggest_bps =
        scan_.suggest_bps() > 0 ? scan_.suggest_bps() : model_.suggest_bps();
    const bool same_tax_id =
        !score.exact_keys.empty() && score.exact_keys.front() == v1::LINKAGE_KEY_KIND_TAX_ID;
    if (score.probability_ppm < suggest_bps * 100 && !same_tax_id) return;
    done_.set_suggested_pair_count(done_.suggested_pair_count() + 1);
    if (HasCase(first, second) || HasCase(second, first)) return;
    commands_.push_back(SuggestionOf(first, second, score, scan_, model_));
  }

  // Also one that was rejected, or made by hand under another id.
  bool HasCase(const std::string& first, const std::string& second) const {
    bool has = false;
    snapshot_.Scan(
        kMergeCases, "by_first", [&](const v1::MergeCase&) { return !(has = true); }, first,
        second);
    return has;
  }

  const v1::DuplicateScan& scan_;
  const v1::LinkageModel& model_;
  const engine::Snapshot& snapshot_;
  DuplicateSearch search_;
  v1::DuplicateScanProgress done_;
  engine::Commands commands_;
};

}  // namespace

engine::Commands OnDuplicateScan(const engine::ForeignEvent<v1::DuplicateScanEvent>& scan,
                                 const engine::Snapshot& snapshot) {
  std::string after;
  switch (scan.event.event_case()) {
    case v1::DuplicateScanEvent::kStarted:
    case v1::DuplicateScanEvent::kBegun:
      break;
    case v1::DuplicateScanEvent::kContinued:
      after = scan.event.continued().progress().scanned_through();
      break;
    case v1::DuplicateScanEvent::kFinished:
    case v1::DuplicateScanEvent::kCancelled:
    case v1::DuplicateScanEvent::EVENT_NOT_SET:
      return {};
  }
  const auto now = snapshot.Get(kDuplicateScans, scan.meta.name);
  const auto model = snapshot.Get(kLinkageModels, kStandardLinkageModel);
  if (!now.has_value() || now->state() != v1::DUPLICATE_SCAN_STATE_RUNNING || !model.has_value())
    return {};
  return ScanStretch(*now, *model, after, model->stretch_customers(), snapshot);
}

engine::Commands ScanStretch(const v1::DuplicateScan& scan, const v1::LinkageModel& model,
                             const std::string& after, int64_t customers_max,
                             const engine::Snapshot& snapshot) {
  return Stretch(scan, model, snapshot).Run(after, customers_max);
}

}  // namespace crm::customer
