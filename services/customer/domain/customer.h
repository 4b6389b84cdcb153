// Customer: who may buy, buys or bought from us.
//
// SUSPECT or PROSPECT when made; an order makes it ACTIVE; without an order for the window (of the
// tier plan, 12 months by default) time makes it INACTIVE; somebody may say that it is LOST, until
// it orders; the tier plan gives it its standing tier. Pure: no I/O, no clock, no randomness. Time,
// actor and names arrive in Context.
#pragma once

#include <optional>
#include <string>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_care.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "crm/customer/v1/ownership_internal.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "crm/customer/v1/staleness.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/custom_values.h"
#include "services/customer/domain/merge_bar.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/domain/references.h"
#include "services/customer/domain/survivorship.h"

namespace crm::customer {

// For how long an order keeps a customer ACTIVE, and which version of the tier plan says so.
struct ActivityWindow {
  int months = 12;
  std::string tier_plan_etag;
};

// The policy's loss reason that a command names.
struct LossReasonFacts {
  bool known = false;
  std::string customer_policy_etag;
};

// The policy's rules for merges, and where the survivor stands in its group.
struct AbsorbFacts {
  MergeRules rules;
  std::string customer_policy_etag;
  std::optional<std::string> parent = {};  // It stood below the absorbed one: that one's place.
  MergeBar bar = {};
};

// What a merge did to its survivor, and what was recorded for that one since.
struct MergeUndoFacts {
  std::optional<v1::MergeUndo> undo;  // Nothing: there is no such merge.
  v1::MergeKept kept;                 // Resources only.
  OrderDays orders;
  // The group changed since, so that a circle would come of it: the survivor cannot have the parent
  // back that it had; the absorbed one cannot go by itself.
  bool parent_leads_back = false;
  bool absorbed_leads_back = false;
};

// What making or changing a customer rests on besides itself. Without any: nothing was found.
struct CustomerFacts {
  OwnerFacts owner;
  absl::Status parent;  // Why it cannot stand below the parent that is named (parent.h).
  CustomFieldFacts custom_fields = {};
  std::string phone_country = {};     // Of numbers that are written without one.
  RefusedReferences references = {};  // What is named and cannot be (customer_references.h).
};

// What else of a customer can be right or wrong besides its own data.
struct CheckedFacts {
  bool anybody_there = false;  // Somebody holds a position at it.
};

struct CustomerModel {
  using State = v1::Customer;
  using Event = v1::CustomerEvent;
  using Due = v1::CheckActivityRequest;

  // Refuses STAFF_LEFT, STAFF_UNKNOWN (the owner). An owner whom a limit binds is asked first.
  // Refuses PARENT_UNKNOWN; unless it is imported, what customer_references.h refuses of
  // collaborators: branch and team may be set up later.
  static CustomerFacts Gather(const v1::CreateCustomerRequest&, const engine::Context&,
                              const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::CreateCustomerRequest&,
                                                const engine::Context&,
                                                const CustomerFacts& facts = {});
  // Refuses CURRENCY_FIXED, PARENT_UNKNOWN, PARENT_CYCLE; what customer_references.h refuses; for a
  // new owner as TransferCustomer.
  static CustomerFacts Gather(const v1::UpdateCustomerRequest&, const engine::Context&,
                              const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::UpdateCustomerRequest&,
                                                const engine::Context&,
                                                const CustomerFacts& facts = {});
  // Sets what the row has; external ids, tags and relations are added to. Refuses the same, but for
  // references.
  static CustomerFacts Gather(const v1::ReimportCustomerRequest&, const engine::Context&,
                              const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ReimportCustomerRequest&,
                                                const engine::Context&,
                                                const CustomerFacts& facts = {});
  // Refuses NOTHING_TO_VERIFY.
  static CheckedFacts Gather(const v1::VerifyCustomerRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::VerifyCustomerRequest&,
                                                const engine::Context&,
                                                const CheckedFacts& facts = {});
  // Refuses NOT_A_SUSPECT.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::QualifyCustomerRequest&,
                                                const engine::Context&);
  // The reason in the policy; it is configuration, and may be behind.
  static LossReasonFacts Gather(const v1::MarkLostRequest&, const engine::Context&,
                                const engine::Snapshot&);
  // Refuses CUSTOMER_ERASED.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::MarkLostRequest&,
                                                const engine::Context&,
                                                const LossReasonFacts& reason);

  // The verbs of ownership (customer_ownership.cc). Refuses CUSTOMER_ERASED, OWNER_PENDING,
  // STAFF_LEFT, STAFF_UNKNOWN.
  static OwnerFacts Gather(const v1::TransferCustomerRequest&, const engine::Context&,
                           const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::TransferCustomerRequest&,
                                                const engine::Context&,
                                                const OwnerFacts& facts = {});
  // Refuses CUSTOMER_ERASED, OWNER_PENDING, POOL_UNKNOWN.
  static OwnerFacts Gather(const v1::ReleaseCustomerRequest&, const engine::Context&,
                           const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ReleaseCustomerRequest&,
                                                const engine::Context&,
                                                const OwnerFacts& facts = {});
  // Refuses CUSTOMER_ERASED, CUSTOMER_OWNED, OWNER_PENDING, NOT_IN_POOL, POOL_PAUSED, STAFF_LEFT,
  // STAFF_UNKNOWN, PICKER_OUTSIDE_POOL, FORMER_OWNER_WAITS, DATA_TOO_NEW.
  static PickFacts Gather(const v1::PickCustomerRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::PickCustomerRequest&,
                                                const engine::Context&, const PickFacts& facts);
  // What the book said; nothing unless it was asked for just that.
  static OwnerFacts Gather(const v1::SettleOwnerRequest&, const engine::Context&,
                           const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::SettleOwnerRequest&,
                                                const engine::Context&, const OwnerFacts& facts);
  // Nothing when it stays.
  static RecycleFacts Gather(const v1::RecycleCustomerRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::RecycleCustomerRequest&,
                                                const engine::Context&, const RecycleFacts& facts);

  // What a transfer gives on (customer_hand.cc). Refuses CUSTOMER_ERASED, OWNER_PENDING,
  // OWNER_CHANGED (it is not the giver's); but when it is given back STAFF_LEFT, STAFF_UNKNOWN.
  static OwnerFacts Gather(const v1::HandCustomerRequest&, const engine::Context&,
                           const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::HandCustomerRequest&,
                                                const engine::Context&,
                                                const OwnerFacts& facts = {});
  // Refuses CUSTOMER_ERASED, OWNER_CHANGED (the giver has no part in it).
  static engine::Decision<CustomerModel> Decide(const State&, const v1::HandCollaborationRequest&,
                                                const engine::Context&);

  // What may be done with the data, and whether they are fresh (customer_care.cc). Refuses
  // CUSTOMER_ERASED, CONSENT_WITHDRAWN, CONSENTS_FULL.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::RecordConsentRequest&,
                                                const engine::Context&);
  // Nothing when the data are as is known already: stale, or not.
  static CheckedFacts Gather(const v1::MarkStaleRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::MarkStaleRequest&,
                                                const engine::Context&,
                                                const CheckedFacts& facts = {});
  // The window of the tier plan; it is configuration, and may be behind.
  static ActivityWindow Gather(const v1::ActivateCustomerRequest&, const engine::Context&,
                               const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ActivateCustomerRequest&,
                                                const engine::Context&,
                                                const ActivityWindow& window);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::CheckActivityRequest&,
                                                const engine::Context&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::AssignTierRequest&,
                                                const engine::Context&);

  // The steps of a merge. None refuses: a customer that will not says so in an event, for a merge
  // goes on from events (react/merge_reactions.h).
  static MergeBar Gather(const v1::MergeCustomerRequest&, const engine::Context&,
                         const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::MergeCustomerRequest&,
                                                const engine::Context&, const MergeBar& bar = {});
  // The policy is configuration, and may be behind; so may who stands above whom.
  static AbsorbFacts Gather(const v1::AbsorbCustomerRequest&, const engine::Context&,
                            const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::AbsorbCustomerRequest&,
                                                const engine::Context&, const AbsorbFacts& facts);
  static MergeUndoFacts Gather(const v1::ReverseMergeRequest&, const engine::Context&,
                               const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ReverseMergeRequest&,
                                                const engine::Context&,
                                                const MergeUndoFacts& facts);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ReleaseMergedRequest&,
                                                const engine::Context&);

  // When an ACTIVE customer is next looked at.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
