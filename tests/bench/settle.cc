#include "tests/bench/settle.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "libs/base/check.h"

namespace crm::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLook = std::chrono::milliseconds(5);
constexpr auto kQuiet = std::chrono::seconds(2);
constexpr auto kWaitMax = std::chrono::minutes(30);

// Whoever follows a topic of another has applied all that its owner has.
bool InStep(const app::Process& process) {
  const Applied applied = AppliedBy(process);
  for (const app::Host* owner : process.hosts()) {
    const std::string& topic = owner->service().topic;
    for (const auto& [who, positions] : applied) {
      if (who.second == topic && positions != applied.at({owner->service().name, topic}))
        return false;
    }
  }
  return true;
}

}  // namespace

void AwaitThat(const std::string& what, const std::function<bool()>& so) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const Clock::time_point latest = Clock::now() + kWaitMax;
  while (!so()) {
    base::Check(Clock::now() < latest, "waited too long until " + what);
    never.wait_for(lock, kLook);
  }
}

Applied AppliedBy(const app::Process& process) {
  Applied applied;
  for (const app::Host* host : process.hosts()) {
    for (const engine::PartitionReport& report : host->engine()->Reports())
      applied[{host->service().name, report.topic}][report.partition] = report.next;
  }
  return applied;
}

void AwaitQuiet(const app::Process& process) {
  Applied last;
  Clock::time_point since = Clock::now();
  AwaitThat("nothing is written any more", [&] {
    Applied now = AppliedBy(process);
    if (now != last) since = Clock::now();
    last = std::move(now);
    return Clock::now() - since > kQuiet && InStep(process);
  });
}

void AwaitReplayed(const app::Process& process) {
  AwaitThat("all is replayed", [&] {
    return std::all_of(process.hosts().begin(), process.hosts().end(), [](const app::Host* host) {
      if (host->engine() == nullptr) return false;
      const std::vector<engine::PartitionReport> reports = host->engine()->Reports();
      return std::all_of(reports.begin(), reports.end(),
                         [](const engine::PartitionReport& report) { return report.caught_up; });
    });
  });
}

}  // namespace crm::bench
