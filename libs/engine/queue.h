// Commands of one partition that wait to be decided: in order within a key, one of a key in flight
// at a time, interactive before system before batch across keys.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libs/engine/command.h"

namespace crm::engine {

class CommandQueue {
 public:
  void Push(Command command);
  // The next command whose key is free; its key is then busy until Release.
  std::optional<Command> Pop();
  void Release(const std::string& key);
  // Takes out everything that waits, oldest first within a key.
  std::vector<Command> TakeAll();
  // Takes out what has passed its deadline.
  std::vector<Command> TakeExpired(absl::Duration now);

  size_t waiting(CommandClass priority) const { return waiting_[static_cast<int>(priority)]; }
  size_t waiting() const { return waiting_[0] + waiting_[1] + waiting_[2]; }

 private:
  struct Key {
    bool busy = false;
    std::deque<Command> commands;
  };
  void MakeReady(const std::string& name, const Key& key);
  void RebuildReady();

  std::unordered_map<std::string, Key> keys_;
  std::array<std::deque<std::string>, 3>
      ready_;  // Keys with a front command of that class, not busy; each once.
  std::array<size_t, 3> waiting_{};
};

}  // namespace crm::engine
