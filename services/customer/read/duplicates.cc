#include "services/customer/read/duplicates.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/phones.h"
#include "services/customer/read/duplicate_search.h"
#include "services/customer/read/linkage_kind.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kCandidatesDefault = 10;
constexpr int32_t kCandidatesMax = 50;

struct Candidate {
  std::string name;
  LinkageScore score;
};
struct Found {
  std::vector<Candidate> candidates;
  int32_t compared = 0;
  bool incomplete = false;
  std::string model_etag;
};

template <class Request>
absl::Status CheckBounds(const Request& request) {
  if (request.show_bps() < 0 || request.show_bps() > 10'000)
    return base::Invalid("show_bps", "must be 1 to 10,000, or 0");
  if (request.candidate_count_max() < 0 || request.candidate_count_max() > kCandidatesMax)
    return base::Invalid("candidate_count_max", "must be 1 to 50, or 0");
  return absl::OkStatus();
}

std::string FieldOf(const std::string&, int index) {
  return absl::StrCat("customer.personal.phones[", index, "]");
}
std::string FieldOf(const v1::ContactPhone&, int index) {
  return absl::StrCat("contact.personal.phones[", index, "].number");
}
const std::string& NumberOf(const std::string& phone) { return phone; }
const std::string& NumberOf(const v1::ContactPhone& phone) { return phone.number(); }

// The numbers of a form as they will be kept; refuses what would not be: it would find nobody.
template <class Resource>
absl::Status ReadFormPhones(const engine::Snapshot& snapshot, Resource& resource) {
  if (!resource.has_personal()) return absl::OkStatus();
  ReadPhones(PhoneCountry(resource.personal(), snapshot), *resource.mutable_personal());
  const auto& phones = resource.personal().phones();
  for (int i = 0; i < phones.size(); ++i) {
    if (!IsPhone(NumberOf(phones[i])))
      return base::Invalid(FieldOf(phones[i], i),
                           "must be a telephone number, with its country or of ours");
  }
  return absl::OkStatus();
}

// `self`: the record's own name; empty: it is not made yet.
template <class Request>
absl::StatusOr<Found> FindLike(const LinkageKind& kind, const LinkageRecord& record,
                               const std::string& self, const Request& request,
                               const engine::Snapshot& snapshot) {
  const auto model = snapshot.Get(kLinkageModels, kind.model);
  if (!model.has_value())
    return base::Refused(v1::REASON_LINKAGE_MODEL_MISSING, "there is no linkage model yet");
  const int32_t show_bps = request.show_bps() > 0 ? request.show_bps() : model->show_bps();
  DuplicateSearch search(kind, *model, snapshot);
  const auto like = search.CandidatesOf(record, self);
  Found found{.incomplete = like.cut || like.skipped_blocks > 0, .model_etag = model->etag()};
  for (const std::string& name : like.names) {
    const LinkageRecord* known = search.Read(name);
    if (known == nullptr) continue;
    LinkageScore score = search.Compare(record, *known);
    ++found.compared;
    if (score.exact_keys.empty() && score.probability_ppm < show_bps * 100) continue;
    found.candidates.push_back({name, std::move(score)});
  }
  std::sort(found.candidates.begin(), found.candidates.end(),
            [](const Candidate& a, const Candidate& b) {
              return std::make_tuple(-a.score.weight_millibits, std::string_view(a.name)) <
                     std::make_tuple(-b.score.weight_millibits, std::string_view(b.name));
            });
  const size_t most = request.candidate_count_max() > 0
                          ? static_cast<size_t>(request.candidate_count_max())
                          : kCandidatesDefault;
  if (found.candidates.size() > most)
    found.candidates.erase(found.candidates.begin() + static_cast<std::ptrdiff_t>(most),
                           found.candidates.end());
  return found;
}

// `add(name, candidate)` adds what is special to the kind.
template <class Response, class Add>
Response ResponseOf(Found found, const Add& add) {
  Response response;
  for (Candidate& of : found.candidates) {
    auto& candidate = *response.add_candidates();
    candidate.set_probability_ppm(of.score.probability_ppm);
    candidate.set_weight_millibits(of.score.weight_millibits);
    for (const v1::LinkageKeyKind kind : of.score.exact_keys) candidate.add_exact_keys(kind);
    for (v1::LinkageEvidence& evidence : of.score.evidence)
      *candidate.add_evidence() = std::move(evidence);
    add(of.name, candidate);
  }
  response.set_compared_count(found.compared);
  response.set_incomplete(found.incomplete);
  response.set_linkage_model_etag(found.model_etag);
  return response;
}

// Where the contact of the request is: as the form says, else as is recorded of `self`.
absl::StatusOr<std::vector<Employer>> EmployersAskedFor(
    const v1::CheckContactDuplicatesRequest& request, const std::string& self,
    const engine::Snapshot& snapshot) {
  for (const std::string& customer : request.customers()) {
    if (!snapshot.Get(kCustomers, customer).has_value()) return base::NotFound(customer);
  }
  if (!request.customers().empty())
    return EmployersNamed({request.customers().begin(), request.customers().end()}, snapshot);
  if (self.empty()) return std::vector<Employer>();
  return EmployersOf(NamesOf(self, snapshot), snapshot);
}

}  // namespace

absl::StatusOr<v1::CheckDuplicatesResponse> QueryDuplicates(
    const v1::CheckDuplicatesRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  if (absl::Status s = CheckBounds(request); !s.ok()) return s;
  v1::Customer customer = request.customer();
  const std::string self = SurvivorOf(request.existing_customer(), snapshot);
  if (!self.empty()) {
    auto existing = snapshot.Get(kCustomers, self);
    if (!existing.has_value()) return base::NotFound(request.existing_customer());
    if (!request.has_customer()) customer = *std::move(existing);
  }
  if (request.has_customer()) {
    if (absl::Status s = ReadFormPhones(snapshot, customer); !s.ok()) return s;
  }
  const LinkageRecord record = LinkageRecordOf(customer);
  if (record.keys.empty())
    return base::Invalid("customer", "must have something by which it can be found");
  auto found =
      FindLike(LinkageKindOf(v1::LINKAGE_RECORD_KIND_CUSTOMER), record, self, request, snapshot);
  if (!found.ok()) return found.status();
  return ResponseOf<v1::CheckDuplicatesResponse>(
      *std::move(found), [&](const std::string& name, v1::DuplicateCandidate& candidate) {
        *candidate.mutable_customer() = snapshot.Get(kCustomers, name).value_or(v1::Customer());
      });
}

absl::StatusOr<v1::CheckContactDuplicatesResponse> QueryContactDuplicates(
    const v1::CheckContactDuplicatesRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  if (absl::Status s = CheckBounds(request); !s.ok()) return s;
  v1::Contact contact = request.contact();
  const std::string self = SurvivorOf(request.existing_contact(), snapshot);
  if (!self.empty()) {
    auto existing = snapshot.Get(kContacts, self);
    if (!existing.has_value()) return base::NotFound(request.existing_contact());
    if (!request.has_contact()) contact = *std::move(existing);
  }
  const auto employers = EmployersAskedFor(request, self, snapshot);
  if (!employers.ok()) return employers.status();
  if (request.has_contact()) {
    if (absl::Status s = ReadFormPhones(snapshot, contact); !s.ok()) return s;
  }
  const LinkageRecord record = LinkageRecordOf(contact, *employers);
  if (record.keys.empty())
    return base::Invalid("contact", "must have something by which it can be found");
  auto found =
      FindLike(LinkageKindOf(v1::LINKAGE_RECORD_KIND_CONTACT), record, self, request, snapshot);
  if (!found.ok()) return found.status();
  return ResponseOf<v1::CheckContactDuplicatesResponse>(
      *std::move(found), [&](const std::string& name, v1::ContactDuplicateCandidate& candidate) {
        *candidate.mutable_contact() = snapshot.Get(kContacts, name).value_or(v1::Contact());
        for (const Employer& employer : EmployersOf(NamesOf(name, snapshot), snapshot))
          candidate.add_customers("customers/" + employer.id);
      });
}

}  // namespace crm::customer
