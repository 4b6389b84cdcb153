#include <gtest/gtest.h>

#include <memory>

#include "libs/eventlog/conformance.h"
#include "libs/eventlog/sim/sim_clock.h"
#include "libs/eventlog/sim/sim_log.h"

namespace crm::eventlog {
namespace {

struct World {
  explicit World(uint64_t seed) : log({.seed = seed}, clock) {}
  SimClock clock;
  SimLog log;
  int clients = 0;
};

LogFactory Simulated(uint64_t seed, absl::Duration delay_max) {
  return [=] {
    const auto world = std::make_shared<World>(seed);  // Held by what the suite calls.
    LogUnderTest log;
    log.open = [world, delay_max] {
      const std::string name = "client-" + std::to_string(++world->clients);
      world->log.SetFaults(name, {.delay_max = delay_max});
      return world->log.Connect(name);
    };
    log.step = [world] {
      world->clock.AdvanceTo(
          std::min(world->log.NextEventTime(), world->clock.SinceBoot() + absl::Seconds(1)));
      world->log.Advance();
    };
    log.several_processes = true;
    log.clock = std::shared_ptr<const base::Clock>(world, &world->clock);
    return log;
  };
}

INSTANTIATE_TEST_SUITE_P(Sim, EventLogConformance,
                         ::testing::Values(Simulated(1, absl::Microseconds(100)),
                                           Simulated(2, absl::Milliseconds(200))));
INSTANTIATE_TEST_SUITE_P(Sim, EventLogSharing,
                         ::testing::Values(Simulated(1, absl::Microseconds(100)),
                                           Simulated(2, absl::Milliseconds(200))));

}  // namespace
}  // namespace crm::eventlog
