// For tests: waiting without sleeping.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "absl/time/clock.h"
#include "libs/eventlog/event_log.h"

namespace crm::eventlog::kafka {

inline constexpr absl::Duration kPatience = absl::Seconds(40);

// Waits for wakes.
class Wakes {
 public:
  Waker waker() const {
    return [state = state_] {
      const std::lock_guard lock(state->mutex);
      state->woken = true;
      state->changed.notify_all();
    };
  }
  // Polls `done` on every wake, and now and then (not everything that is waited for wakes), until
  // it is true.
  bool Until(const char* what, const std::function<bool()>& done) const {
    const absl::Time deadline = absl::Now() + kPatience;
    while (absl::Now() < deadline) {
      if (done()) return true;
      std::unique_lock lock(state_->mutex);
      state_->changed.wait_for(lock, std::chrono::milliseconds(20), [&] { return state_->woken; });
      state_->woken = false;
    }
    ADD_FAILURE() << "waited in vain: " << what;
    return false;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool woken = false;
  };
  // Shared with the wakers, which may be called until what holds them is gone.
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace crm::eventlog::kafka
