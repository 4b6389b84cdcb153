// Time, chance and the links between clients and the simulated broker: everything that happens
// later happens as an item of a link. One thread; from the same seed and the same calls the same
// run follows.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace crm::eventlog {

// What goes wrong for one client. Chances are per append, poll, commit or move, from 0 to 1.
struct SimFaults {
  absl::Duration delay_min = absl::Microseconds(100);  // Of each message, one way.
  absl::Duration delay_max = absl::Microseconds(100);
  double lose_append = 0;    // Never lands; reported as unknown.
  double lose_ack = 0;       // Lands; reported as unknown.
  double land_late = 0;      // Reported as unknown first, lands within late_max.
  double repeat_append = 0;  // Lands, and once more behind what follows, as librdkafka's #4953.
  absl::Duration late_max = absl::Seconds(20);
  double break_writer = 0;  // The writer is broken; of what it had pending, some may still land.
  double slow_read = 0;     // What landed is seen later, by up to slow_read_max.
  absl::Duration slow_read_max = absl::Seconds(3);
  double unavailable_poll = 0;  // A poll says kUnavailable, and nothing else.
  double lose_commit = 0;       // A commit is answered OK and forgotten.
  double split_view =
      0;  // A partition is given to this client before its old owner is told, if ever.
  bool deny_append = false;  // Appends are refused for good: kPermissionDenied.
  bool topic_gone = false;   // Appends are not taken: kNotFound.

  bool operator==(const SimFaults&) const = default;
};

// One client (a process) as the broker's network sees it.
struct SimClient {
  std::string name;
  SimFaults faults;
  bool connected = true;   // Messages pass.
  bool frozen = false;     // The process does not run: its timers stand still too.
  bool heartbeats = true;  // It sends them when it is time.
  bool gone = false;       // Closed or crashed.
  bool Reachable() const { return connected && !frozen; }
};

class SimNetwork {
 public:
  using Task = std::function<void()>;
  struct Item {
    absl::Duration at;
    Task task;
    bool wire = false;                    // Has left the client: happens whatever becomes of it.
    std::shared_ptr<const bool> settled;  // When set and true, there is nothing left to do.
  };
  // First in, first out. It stands still while its client cannot be reached. A task may hold its
  // own link: that keeps it until the task has run, whoever else lets go.
  struct Link : std::enable_shared_from_this<Link> {
    std::shared_ptr<const SimClient> client;  // Null: within the broker.
    bool local = false;                       // Within the client: needs no connection.
    bool lane = false;                        // Carries appends.
    std::deque<Item> items;
    int64_t number = 0;  // In the order of making.
    // When its first item is, as in the network's order; none: it has no item.
    std::optional<absl::Duration> next;
  };

  SimNetwork(uint64_t seed, const base::Clock& clock) : clock_(clock), random_(seed) {}
  ~SimNetwork();
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  absl::Duration Now() const { return clock_.SinceBoot(); }

  enum class Kind { kMessages, kLocal, kLane };
  std::shared_ptr<Link> MakeLink(std::shared_ptr<const SimClient> client, Kind kind);
  // Happens `delay` from now, but not before what was sent on the link earlier.
  void Send(Link& link, absl::Duration delay, Task task,
            std::shared_ptr<const bool> settled = nullptr);
  // What the client has pending on its lanes splits by chance: the first part is on the wire, the
  // rest waits (or, when `drop_rest`, will never be sent).
  void CutLanes(const SimClient& client, bool drop_rest);
  // Drops all items of the client's links, but for what is on the wire.
  void Forget(const SimClient& client);

  // When the next item can happen; InfiniteDuration: none.
  absl::Duration NextTime();
  // Lets happen what is due.
  void Advance();

  // A message's way, by the client's faults.
  absl::Duration Delay(const SimClient& client);
  absl::Duration UpTo(absl::Duration longest);
  bool Chance(double probability);
  // 0 .. count - 1.
  size_t Pick(size_t count);

  // Counts a fault that happened.
  void Fired(const std::string& kind) { ++fired_[kind]; }
  const std::map<std::string, int64_t>& fired() const { return fired_; }

 private:
  static bool CanRun(const Link& link, const Item& item);
  template <class Visit>
  void Each(const Visit& visit);
  static void DropSettled(Link& link);
  // The link whose first item is the next that can happen; null: none.
  Link* Next();

  const base::Clock& clock_;
  std::mt19937_64 random_;
  // Not owned: a link that goes takes itself out, also while they are gone through. Shared with the
  // links, as one may outlive the network.
  struct Links {
    std::map<int64_t, Link*> all;                              // By number.
    std::map<std::pair<absl::Duration, int64_t>, Link*> busy;  // By Link::next; ties: the older.
    // After items were added. Where some were taken away the entry is too early until Next sorts
    // it.
    void Sort(Link& link);
  };
  std::shared_ptr<Links> links_ = std::make_shared<Links>();
  int64_t made_ = 0;
  std::map<std::string, int64_t> fired_;
};

}  // namespace crm::eventlog
