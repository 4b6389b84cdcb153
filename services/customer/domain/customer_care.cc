#include <algorithm>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/consent.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/staleness.h"

namespace crm::customer {

using Event = CustomerModel::Event;

namespace {

// Whether somebody who says from when on they opted out is not taken as having done so already.
bool OptsOutNow(const v1::Customer& customer, common::v1::Channel channel, absl::Time effect,
                absl::Time now) {
  const v1::ConsentTerm* holds = ConsentAt(customer, channel, now, absl::InfiniteFuture());
  return holds == nullptr || (holds->state() != v1::CONSENT_STATE_OPTED_OUT &&
                              base::TimeOf(holds->effect_time()) <= effect);
}

}  // namespace

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::RecordConsentRequest& record,
                                                      const engine::Context& context) {
  if (absl::Status s = CheckNotErased(customer.status()); !s.ok()) return s;
  if (absl::Status s = CheckConsent(record, context.time); !s.ok()) return s;
  const absl::Time effect =
      record.has_effect_time() ? base::TimeOf(record.effect_time()) : context.time;
  const v1::ConsentTerm* holds =
      ConsentAt(customer, record.channel(), effect, absl::InfiniteFuture());
  const bool same_moment = !record.has_effect_time() ||
                           (holds != nullptr && base::TimeOf(holds->effect_time()) == effect);
  if (holds != nullptr && same_moment && holds->state() == record.state() &&
      holds->source() == record.source() && holds->lawful_basis() == record.lawful_basis() &&
      holds->evidence() == record.evidence())
    return std::nullopt;
  if (absl::Status s = CheckOptIn(record, holds); !s.ok()) return s;
  const bool full = customer.consents_size() >= kConsentTermsMax;
  // Nobody may be kept from opting out.
  if (full && record.state() == v1::CONSENT_STATE_OPTED_OUT &&
      !OptsOutNow(customer, record.channel(), effect, context.time))
    return std::nullopt;
  if (full && record.state() != v1::CONSENT_STATE_OPTED_OUT) {
    return base::Refused(v1::REASON_CONSENTS_FULL, "no more terms of consent can be recorded",
                         {{"limit", std::to_string(kConsentTermsMax)}});
  }
  Event event;
  v1::ConsentTerm& term = *event.mutable_consent_recorded()->mutable_consent();
  term.set_channel(record.channel());
  term.set_state(record.state());
  term.set_source(record.source());
  term.set_lawful_basis(record.lawful_basis());
  *term.mutable_effect_time() = base::TimestampOf(effect);
  *term.mutable_record_time() = base::TimestampOf(context.time);
  term.set_actor(context.actor);
  term.set_evidence(record.evidence());
  return event;
}

CheckedFacts CustomerModel::Gather(const v1::MarkStaleRequest& mark, const engine::Context& context,
                                   const engine::Snapshot& snapshot) {
  return {AnybodyHolds(mark.name(), context.business_date, snapshot)};
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::MarkStaleRequest& mark,
                                                      const engine::Context& context,
                                                      const CheckedFacts& facts) {
  if (absl::Status s = base::CheckDate("business_date", mark.business_date()); !s.ok()) return s;
  const bool open =
      customer.status() != v1::CUSTOMER_STATUS_ERASED && customer.merged_into().empty();
  if (!open || customer.tier() != mark.tier()) return std::nullopt;
  const absl::CivilDay since = StaleSince(customer, mark.limit_days(), context.zone);
  const bool fresh = since > absl::ToCivilDay(context.time, context.zone);
  Event event;
  if (customer.has_stale_since_date()) {
    if (!fresh) return std::nullopt;
    event.mutable_stale_ended()->set_limit_days(mark.limit_days());
    event.mutable_stale_ended()->set_tier(mark.tier());
    return event;
  }
  if (fresh || (!facts.anybody_there && !HasDataToCheck(customer))) return std::nullopt;
  v1::CustomerBecameStale& stale = *event.mutable_became_stale();
  *stale.mutable_stale_since_date() = base::DateOf(since);
  stale.set_limit_days(mark.limit_days());
  stale.set_tier(mark.tier());
  *stale.mutable_mark_date() = base::DateOf(absl::ToCivilDay(context.time, context.zone));
  return event;
}

}  // namespace crm::customer
