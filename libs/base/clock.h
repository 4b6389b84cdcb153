// Time as a parameter. Only SystemClock asks the machine; everything else is told.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace crm::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time, for what people and events say. May jump.
  virtual absl::Time Now() const = 0;
  // Time since the machine started, suspends included. Never goes back: for leases and time-outs.
  virtual absl::Duration SinceBoot() const = 0;
};

// Thread-safe.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration SinceBoot() const override;
};

}  // namespace crm::base
