// Position: what a contact is at a customer, from when to when, and to which position it reports.
//
// Positions have the key of their customer, so that all of them are looked at exactly: nobody
// reports to himself, near or far, and one position is the primary one on a day. Pure: no I/O, no
// clock, no randomness. Time, actor and names arrive in Context.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Most positions of a customer, ended ones included: so many are read for a decision or a chart.
inline constexpr int kPositionsMax = 1'000;

struct PositionModel {
  using State = v1::Position;
  using Event = v1::PositionEvent;

  // What a decision needs besides the position. The contact lies on another key, so it may not be
  // shown here yet; the rest is exact.
  struct Facts {
    std::optional<v1::CustomerStatus> customer_status;  // Nothing: there is no such customer.
    bool contact_shown = false;                         // Only for CreatePosition.
    std::vector<v1::Position> positions;  // All of the customer; for EndPosition none.
  };

  // Refusals: INVALID_ARGUMENT; NOT_FOUND: the customer; CUSTOMER_ERASED, CONTACT_UNKNOWN,
  // TOO_MANY_POSITIONS, SUPERIOR_UNKNOWN, SUPERIOR_ENDED, PRIMARY_POSITION_TAKEN.
  static Facts Gather(const v1::CreatePositionRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<PositionModel> Decide(const State&, const v1::CreatePositionRequest&,
                                                const engine::Context&, const Facts&);

  // Refusals: INVALID_ARGUMENT; CUSTOMER_ERASED, POSITION_OPEN, PRIMARY_POSITION_TAKEN.
  static Facts Gather(const v1::UpdatePositionRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<PositionModel> Decide(const State&, const v1::UpdatePositionRequest&,
                                                const engine::Context&, const Facts&);

  // Refusals: INVALID_ARGUMENT; CUSTOMER_ERASED, POSITION_ENDED, SUPERIOR_UNKNOWN, SUPERIOR_ENDED,
  // REPORTING_CYCLE, DATED_CHANGES_FULL. Circles are looked for as of now: a chart of a past day
  // cuts one.
  static Facts Gather(const v1::SetReportsToRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<PositionModel> Decide(const State&, const v1::SetReportsToRequest&,
                                                const engine::Context&, const Facts&);

  // Refusals: INVALID_ARGUMENT; CUSTOMER_ERASED, POSITION_ENDED.
  static Facts Gather(const v1::EndPositionRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<PositionModel> Decide(const State&, const v1::EndPositionRequest&,
                                                const engine::Context&, const Facts&);

  static void Evolve(State& state, const Event& event);
};

// All positions of "customers/{customer}", as they are now.
std::vector<v1::Position> PositionsOf(const engine::Snapshot& snapshot, std::string_view customer);

// To which position it reported on the day; empty: to none.
std::string SuperiorOn(const v1::Position& position, absl::CivilDay day);

// Whether anybody but the person that it is (self_contact.h) holds a position at
// "customers/{customer}" on the day. Cost: its positions.
bool AnybodyHolds(std::string_view customer, absl::CivilDay day, const engine::Snapshot& snapshot);

// Whether the position is held on the day: begun, and not ended before it.
bool HeldOn(const v1::Position& position, absl::CivilDay day);

// Of what somebody is at a customer, what is said first: the primary one, then by name.
bool ComesFirst(const v1::Position& position, const v1::Position& other);

}  // namespace crm::customer
