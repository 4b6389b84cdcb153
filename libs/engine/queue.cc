#include "libs/engine/queue.h"

#include "libs/base/check.h"

namespace crm::engine {

void CommandQueue::MakeReady(const std::string& name, const Key& key) {
  ready_[static_cast<int>(key.commands.front().priority)].push_back(name);
}

void CommandQueue::Push(Command command) {
  ++waiting_[static_cast<int>(command.priority)];
  const std::string name(command.key());
  Key& key = keys_[name];
  key.commands.push_back(std::move(command));
  if (!key.busy && key.commands.size() == 1) MakeReady(name, key);
}

std::optional<Command> CommandQueue::Pop() {
  for (auto& ready : ready_) {
    while (!ready.empty()) {
      const std::string name = std::move(ready.front());
      ready.pop_front();
      const auto it = keys_.find(name);
      base::Check(it != keys_.end() && !it->second.busy && !it->second.commands.empty(),
                  "a key is ready while it has a command and is not busy, and once");
      Command command = std::move(it->second.commands.front());
      it->second.commands.pop_front();
      it->second.busy = true;
      --waiting_[static_cast<int>(command.priority)];
      return command;
    }
  }
  return std::nullopt;
}

void CommandQueue::Release(const std::string& name) {
  const auto it = keys_.find(name);
  base::Check(it != keys_.end() && it->second.busy, "a key is released once, by who popped it");
  it->second.busy = false;
  if (it->second.commands.empty()) {
    keys_.erase(it);
  } else {
    MakeReady(name, it->second);
  }
}

std::vector<Command> CommandQueue::TakeAll() {
  std::vector<Command> taken;
  for (auto it = keys_.begin(); it != keys_.end();) {
    for (Command& command : it->second.commands) taken.push_back(std::move(command));
    it->second.commands.clear();
    it = it->second.busy ? std::next(it) : keys_.erase(it);
  }
  waiting_ = {};
  for (auto& ready : ready_) ready.clear();
  return taken;
}

std::vector<Command> CommandQueue::TakeExpired(absl::Duration now) {
  std::vector<Command> expired;
  for (auto it = keys_.begin(); it != keys_.end();) {
    auto& commands = it->second.commands;
    std::deque<Command> kept;
    for (Command& command : commands) {
      if (command.deadline <= now) {
        --waiting_[static_cast<int>(command.priority)];
        expired.push_back(std::move(command));
      } else {
        kept.push_back(std::move(command));
      }
    }
    commands = std::move(kept);
    it = !it->second.busy && commands.empty() ? keys_.erase(it) : std::next(it);
  }
  if (!expired.empty()) RebuildReady();
  return expired;
}

// Names whose commands are gone go too: nobody may pop for a long time, and they would pile up.
void CommandQueue::RebuildReady() {
  std::unordered_set<std::string> listed;
  for (size_t priority = 0; priority < ready_.size(); ++priority) {
    std::deque<std::string> kept;
    for (std::string& name : ready_[priority]) {
      const auto it = keys_.find(name);
      if (it == keys_.end() || it->second.busy ||
          static_cast<size_t>(it->second.commands.front().priority) != priority) {
        continue;
      }
      if (listed.insert(name).second) kept.push_back(std::move(name));
    }
    ready_[priority] = std::move(kept);
  }
  for (const auto& [name, key] : keys_) {
    if (!key.busy && listed.count(name) == 0) MakeReady(name, key);
  }
}

}  // namespace crm::engine
