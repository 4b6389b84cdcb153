// A member of the group of owners, to be frozen and killed by a test: owner_for_test BOOTSTRAP
// TOPIC INSTANCE.
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "libs/eventlog/kafka/kafka_log.h"

int main(int argc, char** argv) {
  namespace eventlog = crm::eventlog;
  if (argc != 4) return 2;
  std::mutex mutex;
  std::condition_variable changed;
  eventlog::kafka::Options options;
  options.bootstrap_servers = argv[1];
  auto log = eventlog::kafka::KafkaLog::Open(options);
  if (!log.ok()) return 1;
  auto member = (*log)->JoinOwnership(argv[2], argv[3], [&] { changed.notify_all(); });
  if (!member.ok()) {
    std::fprintf(stderr, "%s\n", member.status().ToString().c_str());
    return 1;
  }
  std::vector<eventlog::OwnershipEvent> events;
  while (true) {
    (*member)->Poll(events);
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(50));
  }
}
