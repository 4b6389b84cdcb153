// Callers: each does one thing after another, over few hot accounts, and says a command again, with
// its request_id, to whatever replica, until it knows or gives up.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fault/sim/history.h"
#include "tests/fault/sim/world.h"

namespace crm::fault {

struct ClientOptions {
  int clients = 5;
  int operations = 120;                                // Of all clients together.
  absl::Duration think_max = absl::Milliseconds(200);  // Between two operations of a client.
};

// Accounts that are there from the start, with mirrors and timers: ids of each service.
inline const std::vector<std::string> kHotAccounts = {"a", "b", "c"};
inline const std::vector<std::string> kMirrors = {"m0", "m1"};

class Clients {
 public:
  Clients(World& world, const ClientOptions& options);

  // Makes the hot accounts and their mirrors, insisting until they are there; then the work begins.
  void Begin();
  bool done() const { return working_ == 0; }
  // One more operation, which is said until somebody answers it; `finished` is called then.
  // With a request_id of its own, unless it has one.
  void Insist(Operation operation, std::function<void(const Operation&)> finished);
  const History& history() const { return history_; }

 private:
  // An operation on its way.
  struct Attempt {
    Operation operation;
    int sends_max = 1;
    bool repeats = false;  // Says again what was answered already: it is none of the history.
    std::function<void(const Operation&)> finished;
    bool all_not_done = true;
    bool answered = false;  // The last send was, or was given up.
  };
  using Shared = std::shared_ptr<Attempt>;  // By the callbacks of its sends.

  std::string NewRequestId();
  void Next(int client);
  Operation Draw(int client);
  Operation DrawCommand(int client);
  void Work(int client);
  void Send(const Shared& attempt);
  void SendCommand(const Shared& attempt, Process& replica, int send);
  void SendRead(const Shared& attempt, Process& replica);
  void ReadNow(const Shared& attempt, Process& replica, int send);
  void Take(const Shared& attempt, int send, engine::CommandResult result);
  void Unanswered(const Shared& attempt, const absl::Status& status);
  void Finish(const Shared& attempt);
  void Repeat(const Operation& operation);

  World& world_;
  const ClientOptions options_;
  int begun_ = 0;
  int working_ = 0;
  int64_t next_id_ = 0;
  History history_;
  // What a client was told last: of accounts their revision, of partitions a position.
  struct Known {
    std::map<std::string, int64_t> revisions;
    std::map<int, engine::Position> positions;
  };
  std::map<std::pair<int, int>, Known> known_;  // By client and service.
  std::vector<std::string> accounts_[kServices];
};

}  // namespace crm::fault
