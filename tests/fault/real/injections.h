// The kinds of faults, one function each.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/fault/real/cluster.h"
#include "tests/fault/real/workload.h"

namespace crm::fault {

// What an injection works on. It returns once the fault is over; that everything is well again is
// waited for, and checked, by who called it.
struct Scene {
  Cluster& cluster;
  Recorder& recorder;
  Workload& load;
  const Programs& programs;
  std::mt19937& random;
  bool long_form = false;  // Faults last longer.
  bool can_mount = false;
  std::string kind;
  std::string run;        // No other injection has it.
  std::string directory;  // For files of its own.
  std::string note;       // For the report; begins with "skipped" when nothing was done.
};

struct Injection {
  const char* kind;
  void (*inject)(Scene&);
  absl::Duration gap_max = absl::InfiniteDuration();  // Of the write gap from its mark.
  bool every_call_succeeds = false;  // With the published policy, on its own terms.
};

std::vector<Injection> ProcessInjections();
std::vector<Injection> BrokerInjections();
std::vector<Injection> NetworkInjections();
std::vector<Injection> DataInjections();
std::vector<Injection> PoisonInjections();
// All of these.
std::vector<Injection> AllInjections();

// Stops being what it was for so long, in the short and the long form.
void Last(Scene& scene, absl::Duration brief, absl::Duration extended);
// Starts the replica whenever it has ended, as a supervisor does, until it is ready; how often.
int StartUntilReady(Scene& scene, int replica);

}  // namespace crm::fault
