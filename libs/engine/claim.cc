#include "libs/engine/claim.h"

#include "libs/engine/limits.h"

namespace crm::engine {

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kFollower:
      return "follower";
    case Role::kClaiming:
      return "claiming";
    case Role::kOwner:
      return "owner";
    case Role::kInDoubt:
      return "in doubt";
  }
  return "";
}

// A claim that got lost is not sent again by who was revoked: nothing would ever end the claiming,
// and what waits for it would wait for ever.
void Claim::Assign(bool assigned) {
  assigned_ = assigned;
  if (!assigned && role_ == Role::kClaiming) role_ = Role::kFollower;
}

bool Claim::ShouldClaim(absl::Duration now, bool caught_up, bool fresh) const {
  // One claim in flight: a second only when the first has been silent for too long to wait for.
  if (!pending_.empty() && now < sent_at_ + kClaimPatience) return false;
  if (now < retry_at_ || !caught_up || !fresh) return false;
  // In doubt one claims even when no longer assigned: what is in flight must be settled by
  // somebody, and until a successor's claim nobody else does.
  return role_ == Role::kInDoubt || (assigned_ && role_ != Role::kOwner);
}

void Claim::Sent(std::string claim_id, absl::Duration now) {
  if (!pending_.empty()) superseded_ = std::move(pending_);
  pending_ = std::move(claim_id);
  sent_at_ = now;
  if (role_ == Role::kFollower) role_ = Role::kClaiming;
}

void Claim::Failed(absl::Duration retry_at) {
  // The id stays known: should the record land after all, it is ours and counts.
  sent_at_ = -absl::InfiniteDuration();
  retry_at_ = retry_at;
}

void Claim::Read(const std::string& claim_id, absl::Duration retry_at) {
  if (!pending_.empty() && claim_id == pending_) {
    pending_.clear();
    superseded_.clear();
    role_ = Role::kOwner;
    return;
  }
  // A newer claim of somebody else: whatever we have in flight, claims included, can no longer
  // count. Who lost something that it is still assigned waits, so that duels end. Who was revoked
  // before has handed it over: should the successor leave at once, it is back without a wait. Nor
  // does who only read along: it may be reading the claims of a past in which it, or the dead,
  // owned the partition; nor who lost to a claim of its own that had been given up, by a writer
  // that broke: there is no other to give way to.
  const bool own = !superseded_.empty() && claim_id == superseded_;
  superseded_.clear();
  if (!own && assigned_ && (role_ != Role::kFollower || !pending_.empty())) retry_at_ = retry_at;
  pending_.clear();
  role_ = Role::kFollower;
}

void Claim::Doubt() {
  if (role_ == Role::kOwner) role_ = Role::kInDoubt;
}

}  // namespace crm::engine
