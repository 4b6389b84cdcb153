// MergeCase: two customers, or two contacts, that may be one, and what became of that.
//
// SUGGESTED -> CONFIRMED -> MERGED -> UNMERGING -> UNMERGED; CONFIRMED -> FAILED when one of the
// two will not, UNMERGING -> MERGED likewise; SUGGESTED and FAILED -> CONFIRMED or REJECTED.
// What the two do is theirs (customer_merge.h, contact_merge.h); reactions carry the word between.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/merge_bar.h"

namespace crm::customer {

// The id of the case that a search suggests of two, in whichever order.
std::string MergeCaseIdOf(std::string_view a, std::string_view b);

struct MergeCaseModel {
  using State = v1::MergeCase;
  using Event = v1::MergeCaseEvent;

  // The two and other cases of them. These lie on other keys and may be behind: they help whoever
  // mistyped; that nothing is merged wrongly the two see to.
  struct Facts {
    std::optional<v1::Customer> first;
    std::optional<v1::Customer> second;
    std::optional<v1::Contact> first_contact;  // Of a case of contacts.
    std::optional<v1::Contact> second_contact;
    MergeBar bar = {};
    bool pair_known = false;  // There is or was a case.
    bool pair_open = false;   // One is not decided, or merged.
  };

  // NOT_FOUND: one of the two. Refuses CUSTOMER_MERGED, CONTACT_MERGED, CUSTOMER_ERASED,
  // MERGE_KINDS_DIFFER, MERGE_CURRENCIES_DIFFER, MERGE_PAIR_KNOWN, ERASURE_ASKED.
  static Facts Gather(const v1::CreateMergeCaseRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::CreateMergeCaseRequest&,
                                                 const engine::Context&, const Facts&);
  // The same; MERGE_PAIR_KNOWN also when there was a case.
  static Facts Gather(const v1::SuggestMergeRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::SuggestMergeRequest&,
                                                 const engine::Context&, const Facts&);

  // Refuses MERGE_RUNNING, MERGE_CASE_CLOSED, CUSTOMER_MERGED, CONTACT_MERGED, CUSTOMER_ERASED,
  // MERGE_CUSTOMER_CHANGED, ERASURE_ASKED.
  static Facts Gather(const v1::ConfirmMergeRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::ConfirmMergeRequest&,
                                                 const engine::Context&, const Facts&);
  // Refuses MERGE_RUNNING, MERGE_CASE_CLOSED.
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::RejectMergeRequest&,
                                                 const engine::Context&);
  // Refuses NOT_MERGED, MERGE_RUNNING, CUSTOMER_MERGED, CONTACT_MERGED.
  static Facts Gather(const v1::UnmergeRequest&, const engine::Context&, const engine::Snapshot&);
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::UnmergeRequest&,
                                                 const engine::Context&, const Facts&);

  // What the two answered; quiet in any other state than the one that waits for it.
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::FinishMergeRequest&,
                                                 const engine::Context&);
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::FailMergeRequest&,
                                                 const engine::Context&);
  static engine::Decision<MergeCaseModel> Decide(const State&, const v1::FinishUnmergeRequest&,
                                                 const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
