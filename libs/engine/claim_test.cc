#include "libs/engine/claim.h"

#include <gtest/gtest.h>

#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

constexpr absl::Duration kNow = absl::Seconds(100);

TEST(Claim, OnlyWhatIsAssignedCaughtUpAndFreshClaims) {
  Claim claim;
  EXPECT_FALSE(claim.ShouldClaim(kNow, true, true));
  claim.Assign(true);
  EXPECT_FALSE(claim.ShouldClaim(kNow, false, true));
  EXPECT_FALSE(claim.ShouldClaim(kNow, true, false));
  EXPECT_TRUE(claim.ShouldClaim(kNow, true, true));
}

TEST(Claim, OneClaimIsInFlightUntilPatienceEnds) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("a", kNow);
  EXPECT_EQ(claim.role(), Role::kClaiming);
  EXPECT_FALSE(claim.ShouldClaim(kNow + kClaimPatience - absl::Seconds(1), true, true));
  EXPECT_TRUE(claim.ShouldClaim(kNow + kClaimPatience, true, true));
}

TEST(Claim, RevokedWhileClaimingItClaimsNoMoreYetOwnsIfTheClaimLands) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("a", kNow);
  claim.Failed(kNow);
  claim.Assign(false);
  EXPECT_EQ(claim.role(), Role::kFollower);
  EXPECT_FALSE(claim.ShouldClaim(kNow + kClaimPatience, true, true));
  claim.Read("a", kNow);
  EXPECT_EQ(claim.role(), Role::kOwner);
}

TEST(Claim, OwnsOnlyWhenItsOwnClaimWasReadBack) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("a", kNow);
  claim.Read("b", kNow + absl::Seconds(1));
  EXPECT_FALSE(claim.owns());
  EXPECT_FALSE(claim.ShouldClaim(kNow, true, true));  // It waits, so that duels end.
  EXPECT_TRUE(claim.ShouldClaim(kNow + absl::Seconds(1), true, true));
  claim.Sent("c", kNow + absl::Seconds(1));
  claim.Read("c", kNow);
  EXPECT_TRUE(claim.owns());
}

TEST(Claim, ReadingTheClaimsOfOthersDelaysNothing) {
  Claim claim;
  claim.Read("of the past", kNow + absl::Seconds(5));
  claim.Assign(true);
  claim.Read("of the dead", kNow + absl::Seconds(5));
  EXPECT_TRUE(claim.ShouldClaim(kNow, true, true));
}

TEST(Claim, BeingRevokedStopsNobodyANewerClaimDoes) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("a", kNow);
  claim.Read("a", kNow);
  claim.Assign(false);
  EXPECT_TRUE(claim.owns());
  claim.Read("b", kNow);
  EXPECT_EQ(claim.role(), Role::kFollower);
  EXPECT_FALSE(claim.ShouldClaim(kNow + absl::Hours(1), true, true));
}

TEST(Claim, WhoHandedOverTakesBackWithoutAWait) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("a", kNow);
  claim.Read("a", kNow);
  claim.Assign(false);
  claim.Read("of the successor", kNow + absl::Seconds(5));
  EXPECT_FALSE(claim.ShouldClaim(kNow, true, true));
  claim.Assign(true);  // The successor has left.
  EXPECT_TRUE(claim.ShouldClaim(kNow, true, true));
}

TEST(Claim, WhoLosesToItsOwnLateClaimDoesNotWait) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("by a writer that broke", kNow);
  claim.Failed(kNow);
  claim.Sent("b", kNow);
  // It landed, and has the epoch that b has: b does not count.
  claim.Read("by a writer that broke", kNow + absl::Seconds(5));
  EXPECT_FALSE(claim.owns());
  EXPECT_TRUE(claim.ShouldClaim(kNow, true, true));
}

TEST(Claim, InDoubtItClaimsEvenWhenRevoked) {
  Claim claim;
  claim.Assign(true);
  claim.Sent("a", kNow);
  claim.Read("a", kNow);
  claim.Assign(false);
  claim.Doubt();
  EXPECT_EQ(claim.role(), Role::kInDoubt);
  EXPECT_TRUE(claim.ShouldClaim(kNow, true, true));
  claim.Sent("b", kNow);
  claim.Read("b", kNow);
  EXPECT_TRUE(claim.owns());
}

}  // namespace
}  // namespace crm::engine
