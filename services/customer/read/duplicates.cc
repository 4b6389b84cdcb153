#include "services/customer/read/duplicates.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/read/duplicate_search.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kCandidatesDefault = 10;
constexpr int32_t kCandidatesMax = 50;

absl::StatusOr<v1::Customer> AskedFor(const v1::CheckDuplicatesRequest& request,
                                      const engine::Snapshot& snapshot) {
  if (request.existing_customer().empty()) return request.customer();
  auto existing = snapshot.Get(kCustomers, request.existing_customer());
  if (!existing.has_value()) return base::NotFound(request.existing_customer());
  return request.has_customer() ? request.customer() : *std::move(existing);
}

v1::DuplicateCandidate CandidateOf(const DuplicateSearch::Known& known, LinkageScore score) {
  v1::DuplicateCandidate candidate;
  *candidate.mutable_customer() = known.customer;
  candidate.set_probability_ppm(score.probability_ppm);
  candidate.set_weight_millibits(score.weight_millibits);
  for (const v1::LinkageKeyKind kind : score.exact_keys) candidate.add_exact_keys(kind);
  for (v1::LinkageEvidence& evidence : score.evidence)
    *candidate.add_evidence() = std::move(evidence);
  return candidate;
}

}  // namespace

absl::StatusOr<v1::CheckDuplicatesResponse> QueryDuplicates(
    const v1::CheckDuplicatesRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  if (request.show_bps() < 0 || request.show_bps() > 10'000)
    return base::Invalid("show_bps", "must be 1 to 10,000, or 0");
  if (request.candidate_count_max() < 0 || request.candidate_count_max() > kCandidatesMax)
    return base::Invalid("candidate_count_max", "must be 1 to 50, or 0");
  const auto customer = AskedFor(request, snapshot);
  if (!customer.ok()) return customer.status();
  const LinkageRecord record = LinkageRecordOf(*customer);
  if (record.keys.empty())
    return base::Invalid("customer", "must have something by which it can be found");
  const auto model = snapshot.Get(kLinkageModels, kStandardLinkageModel);
  if (!model.has_value())
    return base::Refused(v1::REASON_LINKAGE_MODEL_MISSING, "there is no linkage model yet");

  const int32_t show_bps = request.show_bps() > 0 ? request.show_bps() : model->show_bps();
  DuplicateSearch search(*model, snapshot);
  const auto found = search.CandidatesOf(record, request.existing_customer());
  v1::CheckDuplicatesResponse response;
  std::vector<v1::DuplicateCandidate> candidates;
  for (const std::string& name : found.names) {
    const DuplicateSearch::Known* known = search.Read(name);
    if (known == nullptr) continue;
    LinkageScore score = search.Compare(record, known->record);
    response.set_compared_count(response.compared_count() + 1);
    if (score.exact_keys.empty() && score.probability_ppm < show_bps * 100) continue;
    candidates.push_back(CandidateOf(*known, std::move(score)));
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return std::make_tuple(-a.weight_millibits(), std::string_view(a.customer().name())) <
           std::make_tuple(-b.weight_millibits(), std::string_view(b.customer().name()));
  });
  const size_t most = request.candidate_count_max() > 0
                          ? static_cast<size_t>(request.candidate_count_max())
                          : kCandidatesDefault;
  candidates.resize(std::min(candidates.size(), most));
  for (auto& candidate : candidates) *response.add_candidates() = std::move(candidate);
  response.set_incomplete(found.cut || found.skipped_blocks > 0);
  response.set_linkage_model_etag(model->etag());
  return response;
}

}  // namespace crm::customer
