#include "services/customer/domain/consent.h"

#include <tuple>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"

namespace crm::customer {
namespace {

using base::Invalid;

std::tuple<int, absl::Time, absl::Time> PlaceOf(const v1::ConsentTerm& term) {
  return {term.channel(), base::TimeOf(term.effect_time()), base::TimeOf(term.record_time())};
}

}  // namespace

absl::Status CheckConsent(const v1::RecordConsentRequest& record, absl::Time now) {
  if (record.channel() == common::v1::CHANNEL_UNSPECIFIED ||
      !common::v1::Channel_IsValid(record.channel()))
    return Invalid("channel", "must be a channel");
  if (record.state() == v1::CONSENT_STATE_UNSPECIFIED || !v1::ConsentState_IsValid(record.state()))
    return Invalid("state", "must be OPTED_IN or OPTED_OUT");
  if (record.source() == v1::CONSENT_SOURCE_UNSPECIFIED ||
      !v1::ConsentSource_IsValid(record.source()))
    return Invalid("source", "must be one of the list");
  if (!v1::LawfulBasis_IsValid(record.lawful_basis()))
    return Invalid("lawful_basis", "must be one of the list");
  if (record.state() == v1::CONSENT_STATE_OPTED_IN) {
    if (record.source() == v1::CONSENT_SOURCE_UNSUBSCRIBED ||
        record.source() == v1::CONSENT_SOURCE_BOUNCED)
      return Invalid("source", "must be one by which somebody opts in");
    if (record.lawful_basis() == v1::LAWFUL_BASIS_UNSPECIFIED)
      return Invalid("lawful_basis", "must be given for OPTED_IN");
  }
  if (absl::Status s = base::CheckTimestamp("effect_time", record.effect_time()); !s.ok()) return s;
  if (record.has_effect_time() && base::TimeOf(record.effect_time()) > now)
    return Invalid("effect_time", "must not lie in the future");
  return absl::OkStatus();
}

absl::Status CheckOptIn(const v1::RecordConsentRequest& record, const v1::ConsentTerm* holds) {
  const bool again = record.state() == v1::CONSENT_STATE_OPTED_IN && holds != nullptr &&
                     holds->state() == v1::CONSENT_STATE_OPTED_OUT;
  if (!again) return absl::OkStatus();
  const bool their_act = record.source() == v1::CONSENT_SOURCE_FORM ||
                         record.source() == v1::CONSENT_SOURCE_PAPER ||
                         record.source() == v1::CONSENT_SOURCE_SPOKEN;
  if (their_act && !base::IsBlank(record.evidence())) return absl::OkStatus();
  return base::Refused(v1::REASON_CONSENT_WITHDRAWN,
                       "who opted out can opt in only by an act of their own, with evidence");
}

const v1::ConsentTerm* ConsentAt(const v1::Customer& customer, common::v1::Channel channel,
                                 absl::Time as_of, absl::Time known_at) {
  const v1::ConsentTerm* found = nullptr;
  for (const v1::ConsentTerm& term : customer.consents()) {
    const bool holds = term.channel() == channel && base::TimeOf(term.effect_time()) <= as_of &&
                       base::TimeOf(term.record_time()) <= known_at;
    if (holds && (found == nullptr || PlaceOf(*found) <= PlaceOf(term))) found = &term;
  }
  return found;
}

std::vector<v1::ConsentTerm> ConsentsAt(const v1::Customer& customer, absl::Time as_of,
                                        absl::Time known_at) {
  std::vector<v1::ConsentTerm> terms;
  for (int channel = common::v1::Channel_MIN; channel <= common::v1::Channel_MAX; ++channel) {
    const auto* term =
        ConsentAt(customer, static_cast<common::v1::Channel>(channel), as_of, known_at);
    if (term != nullptr) terms.push_back(*term);
  }
  return terms;
}

void AddConsent(const v1::ConsentTerm& term, v1::Customer& customer) {
  *customer.add_consents() = term;
  auto& terms = *customer.mutable_consents();
  for (int at = terms.size() - 1; at > 0 && PlaceOf(terms[at]) < PlaceOf(terms[at - 1]); --at)
    terms.SwapElements(at, at - 1);
}

}  // namespace crm::customer
