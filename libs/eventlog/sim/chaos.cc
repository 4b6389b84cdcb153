#include "libs/eventlog/sim/chaos.h"

#include <utility>
#include <vector>

namespace crm::eventlog {

SimChaos::SimChaos(SimLog& log, absl::Duration mean, absl::Duration longest)
    : log_(log),
      mean_(mean),
      longest_(longest),
      strikes_(log.network().MakeLink(nullptr, SimNetwork::Kind::kMessages)) {
  ScheduleNext();
}

void SimChaos::Stop() {
  strikes_.reset();
  undo_.clear();
  log_.Heal();
}

void SimChaos::ScheduleNext() {
  log_.network().Send(*strikes_, log_.network().UpTo(2 * mean_), [this] {
    Strike();
    ScheduleNext();
  });
}

void SimChaos::Later(SimNetwork::Task undo) {
  std::erase_if(undo_, [](const auto& link) { return link->items.empty(); });
  undo_.push_back(log_.network().MakeLink(nullptr, SimNetwork::Kind::kMessages));
  log_.network().Send(*undo_.back(), log_.network().UpTo(longest_), std::move(undo));
}

void SimChaos::Strike() {
  const std::vector<std::string> clients = log_.Clients();
  if (clients.empty()) return;
  const std::string client = clients[log_.network().Pick(clients.size())];
  switch (log_.network().Pick(7)) {
    case 0:
      log_.Freeze(client, true);
      return Later([this, client] { log_.Freeze(client, false); });
    case 1:
      log_.Disconnect(client, true);
      return Later([this, client] { log_.Disconnect(client, false); });
    case 2:
      log_.StopHeartbeats(client, true);
      return Later([this, client] { log_.StopHeartbeats(client, false); });
    case 3:
      return log_.Rebalance("");
    default:
      log_.SetFaults(client, DrawFaults());
      return Later([this, client] { log_.SetFaults(client, SimFaults()); });
  }
}

SimFaults SimChaos::DrawFaults() {
  SimNetwork& network = log_.network();
  const auto draw = [&](double most) {
    return network.Pick(2) == 0 ? 0 : most * static_cast<double>(network.Pick(101)) / 100;
  };
  SimFaults faults;
  faults.delay_max =
      network.UpTo(absl::Milliseconds(network.Pick(2) == 0 ? 1 : 500)) + faults.delay_min;
  faults.lose_append = draw(0.2);
  faults.lose_ack = draw(0.2);
  faults.land_late = draw(0.2);
  faults.repeat_append = draw(0.2);
  faults.break_writer = draw(0.2);
  faults.slow_read = draw(0.3);
  faults.unavailable_poll = draw(0.3);
  faults.lose_commit = draw(0.3);
  faults.split_view = draw(1);
  return faults;
}

}  // namespace crm::eventlog
