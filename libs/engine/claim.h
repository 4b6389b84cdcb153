// Who owns a partition, as one replica sees it: the claim and the lease as a pure state machine. It
// is told what happened and the time, and says what to do; it touches no log.
//
//   kFollower --assigned, caught up--> kClaiming --own claim read back--> kOwner
//   kOwner --an append's fate unknown--> kInDoubt (claims again) --own claim read back--> kOwner
//   any --a newer claim of somebody else read--> kFollower (claims again while still assigned)
//   kClaiming --revoked--> kFollower (a claim that lands after all still makes it kOwner)
//
// Being revoked alone stops nobody: an owner serves until a newer claim was read, or its lease is
// over.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace crm::engine {

enum class Role { kFollower, kClaiming, kOwner, kInDoubt };
std::string_view RoleName(Role role);

class Claim {
 public:
  // The group thinks that this replica should (or should no longer) own the partition.
  void Assign(bool assigned);

  // True when a claim should be appended now. `fresh` = a heartbeat was answered within the lease.
  bool ShouldClaim(absl::Duration now, bool caught_up, bool fresh) const;
  // A claim with this id was appended.
  void Sent(std::string claim_id, absl::Duration now);
  // The claim could not be appended, or its fate is unknown: another one may be sent from
  // `retry_at` on.
  void Failed(absl::Duration retry_at);

  // An accepted claim was read. `retry_at`: when to try again if it took something from us.
  void Read(const std::string& claim_id, absl::Duration retry_at);

  // The fate of an append is unknown: nothing is decided until a new claim was read back.
  void Doubt();

  Role role() const { return role_; }
  bool assigned() const { return assigned_; }
  // Decides commands, given a lease.
  bool owns() const { return role_ == Role::kOwner; }

 private:
  Role role_ = Role::kFollower;
  bool assigned_ = false;
  std::string pending_;     // claim_id of the claim in flight; empty: none.
  std::string superseded_;  // claim_id of one before it whose fate was unknown; empty: none.
  absl::Duration sent_at_ = -absl::InfiniteDuration();
  absl::Duration retry_at_ = -absl::InfiniteDuration();
};

}  // namespace crm::engine
