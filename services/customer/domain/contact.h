// Contact: a person whom we deal with at our customers. What they are there says Position.
// Pure: no I/O, no clock, no randomness. Time, actor and names arrive in Context.
#pragma once

#include <optional>
#include <string>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/contact_merge.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/custom_values.h"
#include "services/customer/domain/merge_bar.h"

namespace crm::customer {

// What a merge changed of its survivor, and what was recorded for that one since.
struct ContactMergeUndoFacts {
  std::optional<v1::ContactMergeUndo> undo;
  v1::MergeKept kept;
};

// What making or changing a contact rests on besides itself.
struct ContactFacts {
  CustomFieldFacts custom_fields = {};
  std::string phone_country = {};  // Of numbers that are written without one.
};

struct ContactModel {
  using State = v1::Contact;
  using Event = v1::ContactEvent;

  // INVALID_ARGUMENT that names the field; nothing else is refused.
  static ContactFacts Gather(const v1::CreateContactRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::CreateContactRequest&,
                                               const engine::Context&,
                                               const ContactFacts& facts = {});
  // The same. Nothing when nothing would change.
  static ContactFacts Gather(const v1::UpdateContactRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::UpdateContactRequest&,
                                               const engine::Context&,
                                               const ContactFacts& facts = {});

  // The same. Adds external ids, tags and custom fields; numbers and addresses that are there keep
  // their marks.
  static ContactFacts Gather(const v1::ReimportContactRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::ReimportContactRequest&,
                                               const engine::Context&,
                                               const ContactFacts& facts = {});

  // The customer that the contact is has changed (contact_person.h).
  static engine::Decision<ContactModel> Decide(const State&, const v1::FollowPersonRequest&,
                                               const engine::Context&);

  // The steps of a merge (contact_merge.h). Nothing when the step was taken already; what refuses
  // says so in its event, so that the case hears of it.
  static MergeBar Gather(const v1::MergeContactRequest&, const engine::Context&,
                         const engine::Snapshot&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::MergeContactRequest&,
                                               const engine::Context&, const MergeBar& bar = {});
  static MergeBar Gather(const v1::AbsorbContactRequest&, const engine::Context&,
                         const engine::Snapshot&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::AbsorbContactRequest&,
                                               const engine::Context&, const MergeBar& bar = {});
  // What points at the contact lies on other keys, which may be behind.
  static ContactMergeUndoFacts Gather(const v1::ReverseContactMergeRequest&, const engine::Context&,
                                      const engine::Snapshot&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::ReverseContactMergeRequest&,
                                               const engine::Context&,
                                               const ContactMergeUndoFacts&);
  static engine::Decision<ContactModel> Decide(const State&, const v1::ReleaseMergedContactRequest&,
                                               const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
