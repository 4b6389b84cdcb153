// A clock that stands still until it is told.
#pragma once

#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"

namespace crm::eventlog {

// Not thread-safe: a simulation has one thread.
class SimClock : public base::Clock {
 public:
  explicit SimClock(absl::Time start = absl::FromUnixSeconds(1'735'689'600)) : wall_(start) {}

  absl::Time Now() const override { return wall_; }
  absl::Duration SinceBoot() const override { return since_boot_; }

  void Advance(absl::Duration by) {
    base::Check(by >= absl::ZeroDuration() && by < absl::InfiniteDuration(),
                "time goes on, a bit at a time");
    since_boot_ += by;
    wall_ += by;
  }
  // To this time since boot; nothing when it is past already.
  void AdvanceTo(absl::Duration since_boot) {
    if (since_boot > since_boot_) Advance(since_boot - since_boot_);
  }
  // Only the wall clock jumps, perhaps back.
  void JumpWall(absl::Duration by) { wall_ += by; }

 private:
  absl::Duration since_boot_ = absl::Hours(1);
  absl::Time wall_;
};

}  // namespace crm::eventlog
