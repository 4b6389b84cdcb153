// The faults of a simulation, drawn from its seed: of the log and of the network by SimChaos, of
// processes, disks, clocks and calls between replicas here.
#pragma once

#include <memory>

#include "libs/eventlog/sim/chaos.h"
#include "tests/fault/sim/world.h"

namespace crm::fault {

class Weather {
 public:
  // Something happens to processes about every `mean`.
  Weather(World& world, absl::Duration mean);
  // Everything is well again: nobody frozen, no disk full, clocks right, all processes start.
  void Stop();

 private:
  void Next();
  void Strike();
  void StopProcess(Process& process);
  void FillDisk(Process& process);
  void JumpClock(Process& process);
  void TroublePeers();
  // Ends it, and what happens to its disk while it is down.
  void End(Process& process, Process::Ending ending);
  void HurtDisk(Process& process);

  World& world_;
  const absl::Duration mean_;
  std::unique_ptr<eventlog::SimChaos> chaos_;
  std::shared_ptr<bool> going_ =
      std::make_shared<bool>(true);  // Shared with what is on the agenda.
};

}  // namespace crm::fault
