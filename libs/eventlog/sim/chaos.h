// Faults drawn from the seed, at random times, on random clients: the weather of a simulation.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "libs/eventlog/sim/sim_log.h"

namespace crm::eventlog {

// While it lives, something goes wrong about every `mean`; each trouble ends after at most
// `longest`. Crashes are for the simulation, which owns the processes. Must be destroyed before the
// log.
class SimChaos {
 public:
  SimChaos(SimLog& log, absl::Duration mean, absl::Duration longest);
  ~SimChaos() { Stop(); }
  SimChaos(const SimChaos&) = delete;
  SimChaos& operator=(const SimChaos&) = delete;

  // All clients are well again, and nothing more goes wrong.
  void Stop();

 private:
  void ScheduleNext();
  void Strike();
  SimFaults DrawFaults();
  // Undoes something later.
  void Later(SimNetwork::Task undo);

  SimLog& log_;
  absl::Duration mean_;
  absl::Duration longest_;
  std::shared_ptr<SimNetwork::Link>
      strikes_;  // The network holds no link: dropping it ends what it carries.
  std::vector<std::shared_ptr<SimNetwork::Link>> undo_;
};

}  // namespace crm::eventlog
