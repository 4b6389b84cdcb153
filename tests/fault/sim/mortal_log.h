// A process's connection to the log that counts what the process does for others to see, so that it
// can die between any two of these deeds: what it would have done afterwards it never did.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "libs/eventlog/event_log.h"

namespace crm::fault {

// The life of one process, shared by all that acts for it.
class Life {
 public:
  // `on_death` is called once, in the middle of whatever the process does.
  explicit Life(std::function<void()> on_death) : on_death_(std::move(on_death)) {}
  // It dies in front of its `deed`th deed from now: 1 is the next one.
  void EndAt(int64_t deed) { left_ = deed; }
  // In front of every append, commit and answer: true when it may be done.
  bool Deed() {
    if (!dead_ && left_ > 0 && --left_ == 0) End();
    return !dead_;
  }
  void End() {
    if (std::exchange(dead_, true)) return;
    on_death_();
  }
  bool dead() const { return dead_; }

 private:
  std::function<void()> on_death_;
  int64_t left_ = 0;  // 0: no end in sight.
  bool dead_ = false;
};

// Passes everything on to `log` while `life` lasts.
std::unique_ptr<eventlog::EventLog> MortalLog(std::unique_ptr<eventlog::EventLog> log,
                                              std::shared_ptr<Life> life);

}  // namespace crm::fault
