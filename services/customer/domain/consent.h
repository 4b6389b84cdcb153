// What a customer lets us do in each channel, from when on: kept as terms, so that the answer of
// any moment, and what was known of it then, can be read.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/customer/v1/customer_care.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"

namespace crm::customer {

inline constexpr int kConsentTermsMax = 100;

// The shape of what is said, and that it does not hold from later than `now` on.
absl::Status CheckConsent(const v1::RecordConsentRequest& record, absl::Time now);

// CONSENT_WITHDRAWN for who opts in although `holds`, their term (nullptr: none), says that they
// opted out: only a form, a paper or their word takes that back, with evidence.
absl::Status CheckOptIn(const v1::RecordConsentRequest& record, const v1::ConsentTerm* holds);

// The term of the channel that holds at `as_of` by what was recorded at `known_at` (both
// included): the one with the latest effect, among equal ones the one recorded last. nullptr:
// nobody had said.
const v1::ConsentTerm* ConsentAt(const v1::Customer& customer, common::v1::Channel channel,
                                 absl::Time as_of, absl::Time known_at);

// Those of all channels, in the order of the channels.
std::vector<v1::ConsentTerm> ConsentsAt(const v1::Customer& customer, absl::Time as_of,
                                        absl::Time known_at);

// Puts a term into its place: by channel, effect, record.
void AddConsent(const v1::ConsentTerm& term, v1::Customer& customer);

}  // namespace crm::customer
