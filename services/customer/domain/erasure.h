// Erasure: somebody asks to be forgotten. REQUESTED, HELD while the law makes us keep the data,
// APPROVED when they may go; destroying the key and looking whether anything is left follow on
// that. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "crm/customer/v1/erasure.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Steps that an erasure remembers; the oldest go first.
inline constexpr int kErasureStepsMax = 100;

// Why the data may not go yet, whatever their erasure says itself. From other keys, so it may be
// behind.
struct ErasureBar {
  absl::Status refused;
};

struct ErasureModel {
  using State = v1::Erasure;
  using Event = v1::ErasureEvent;
  using Due = v1::CheckErasureRequest;

  // Why the subject cannot be erased, and how many days there are. Subject and policy lie on other
  // keys and may be behind.
  struct Facts {
    absl::Status refused;
    int days = 30;
  };
  // Of commands on an erasure: how many days there are.
  struct Days {
    int days = 30;
  };

  static Facts Gather(const v1::RequestErasureRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // kInvalidArgument: no such subject. Refuses CUSTOMER_ERASED, CUSTOMER_MERGED, CONTACT_MERGED,
  // ERASURE_ASKED.
  static engine::Decision<ErasureModel> Decide(const State&, const v1::RequestErasureRequest&,
                                               const engine::Context&, const Facts&);
  // Refuses ERASURE_DECIDED.
  static engine::Decision<ErasureModel> Decide(const State&, const v1::HoldErasureRequest&,
                                               const engine::Context&);
  static Days Gather(const v1::ReleaseErasureHoldRequest&, const engine::Context&,
                     const engine::Snapshot&);
  // Refuses ERASURE_DECIDED.
  static engine::Decision<ErasureModel> Decide(const State&, const v1::ReleaseErasureHoldRequest&,
                                               const engine::Context&, const Days&);
  // Another erasure of the subject, or of what was merged into it, may be held.
  static ErasureBar Gather(const v1::ApproveErasureRequest&, const engine::Context&,
                           const engine::Snapshot&);
  // Refuses ERASURE_HELD, CUSTOMER_ERASED, CUSTOMER_MERGED, CONTACT_MERGED.
  static engine::Decision<ErasureModel> Decide(const State&, const v1::ApproveErasureRequest&,
                                               const engine::Context&, const ErasureBar& = {});
  static Days Gather(const v1::CheckErasureRequest&, const engine::Context&,
                     const engine::Snapshot&);
  static engine::Decision<ErasureModel> Decide(const State&, const v1::CheckErasureRequest&,
                                               const engine::Context&, const Days&);

  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
