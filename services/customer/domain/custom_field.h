// CustomField: a field of the company's own, of customers or of contacts. What it is stays as it
// was declared; how it reads, its choices and whether it is required change.
//
//   ACTIVE -> RETIRED
//
// Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/customer/v1/custom_field.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Of one target, not counting retired ones. Two declared at one moment on different keys can make
// one more.
inline constexpr int kCustomFieldsMax = 100;

struct DeclareFacts {
  int active = 0;  // Fields of the same target that are not retired; not counted beyond the limit.
};

struct CustomFieldModel {
  using State = v1::CustomField;
  using Event = v1::CustomFieldEvent;

  // Other keys, which may be behind.
  static DeclareFacts Gather(const v1::DeclareCustomFieldRequest&, const engine::Context&,
                             const engine::Snapshot&);
  // Refuses CUSTOM_FIELDS_FULL.
  static engine::Decision<CustomFieldModel> Decide(const State&,
                                                   const v1::DeclareCustomFieldRequest&,
                                                   const engine::Context&, const DeclareFacts&);
  // Refuses CUSTOM_FIELD_RETIRED, CUSTOM_FIELD_CHOICE_KEPT.
  static engine::Decision<CustomFieldModel> Decide(const State&,
                                                   const v1::UpdateCustomFieldRequest&,
                                                   const engine::Context&);
  static engine::Decision<CustomFieldModel> Decide(const State&,
                                                   const v1::RetireCustomFieldRequest&,
                                                   const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
