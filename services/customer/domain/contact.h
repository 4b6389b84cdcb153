// Contact: a person whom we deal with at our customers. What they are there says Position.
// Pure: no I/O, no clock, no randomness. Time, actor and names arrive in Context.
#pragma once

#include "crm/customer/v1/contact.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct ContactModel {
  using State = v1::Contact;
  using Event = v1::ContactEvent;

  // INVALID_ARGUMENT that names the field; nothing else is refused.
  static engine::Decision<ContactModel> Decide(const State&, const v1::CreateContactRequest&,
                                               const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<ContactModel> Decide(const State&, const v1::UpdateContactRequest&,
                                               const engine::Context&);

  // The same. Adds external ids and tags; numbers and addresses that are there keep their marks.
  static engine::Decision<ContactModel> Decide(const State&, const v1::ReimportContactRequest&,
                                               const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
