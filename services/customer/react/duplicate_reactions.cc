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
#include "services/customer/read/linkage_kind.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/merge_tables.h"

namespace crm::customer {
namespace {

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

std::unique_ptr<v1::SuggestMergeRequest> SuggestionOf(
    const LinkageKind& kind, const std::string& first, const std::string& second,
    const LinkageScore& score, const v1::DuplicateScan& scan, const v1::LinkageModel& model) {
  auto suggest = std::make_unique<v1::SuggestMergeRequest>();
  suggest->set_merge_case_id(MergeCaseIdOf(first, second));
  v1::MergeCase& merge_case = *suggest->mutable_merge_case();
  kind.set_pair(first, second, merge_case);
  merge_case.set_match_weight_millis(static_cast<int32_t>(score.weight_millibits));
  merge_case.set_match_probability_ppm(score.probability_ppm);
  merge_case.set_source(scan.name());
  merge_case.set_model(absl::StrCat(model.name(), " ", model.etag()));
  for (const v1::LinkageEvidence& of : score.evidence) {
    if (of.level() < 0) continue;
    v1::MatchEvidence& evidence = *merge_case.add_evidence();
    evidence.set_field(std::string(FieldOf(kind.record_kind, of.attribute())));
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
      : scan_(scan),
        model_(model),
        snapshot_(snapshot),
        kind_(LinkageKindOf(scan.record_kind())),
        search_(kind_, model, snapshot) {}

  engine::Commands Run(const std::string& after, int64_t records_max) {
    bool more = false;
    kind_.visit(after, snapshot_, [&](const std::string& name) {
      more = done_.scanned_customer_count() == records_max ||
             done_.compared_pair_count() >= kStretchPairsMax;
      if (!more) LookAt(name);
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
  void LookAt(const std::string& name) {
    done_.set_scanned_through(name);
    done_.set_scanned_customer_count(done_.scanned_customer_count() + 1);
    const LinkageRecord* record = search_.Read(name);
    if (record == nullptr) return;
    const auto found = search_.CandidatesOf(*record, name, name);
    done_.set_skipped_block_count(done_.skipped_block_count() + found.skipped_blocks);
    for (const std::string& candidate : found.names) {
      const LinkageRecord* other = search_.Read(candidate);
      if (other == nullptr || other->group != record->group) continue;
      done_.set_compared_pair_count(done_.compared_pair_count() + 1);
      Judge(name, candidate, search_.Compare(*record, *other));
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
    commands_.push_back(SuggestionOf(kind_, first, second, score, scan_, model_));
  }

  // Also one that was rejected, or made by hand under another id.
  bool HasCase(const std::string& first, const std::string& second) const {
    bool has = false;
    snapshot_.Scan(
        kMergeCases, kind_.cases_by_first, [&](const v1::MergeCase&) { return !(has = true); },
        first, second);
    return has;
  }

  const v1::DuplicateScan& scan_;
  const v1::LinkageModel& model_;
  const engine::Snapshot& snapshot_;
  const LinkageKind& kind_;
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
  if (!now.has_value() || now->state() != v1::DUPLICATE_SCAN_STATE_RUNNING) return {};
  const auto model = snapshot.Get(kLinkageModels, LinkageKindOf(now->record_kind()).model);
  if (!model.has_value()) return {};
  return ScanStretch(*now, *model, after, model->stretch_customers(), snapshot);
}

engine::Commands ScanStretch(const v1::DuplicateScan& scan, const v1::LinkageModel& model,
                             const std::string& after, int64_t records_max,
                             const engine::Snapshot& snapshot) {
  return Stretch(scan, model, snapshot).Run(after, records_max);
}

}  // namespace crm::customer
