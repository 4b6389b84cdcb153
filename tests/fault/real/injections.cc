#include "tests/fault/real/injections.h"

#include "absl/strings/str_cat.h"

namespace crm::fault {

std::vector<Injection> AllInjections() {
  std::vector<Injection> all;
  for (const auto& some : {ProcessInjections(), BrokerInjections(), NetworkInjections(),
                           DataInjections(), PoisonInjections()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void Last(Scene& scene, absl::Duration brief, absl::Duration extended) {
  scene.load.Hold(scene.long_form ? extended : brief);
}

int StartUntilReady(Scene& scene, int replica) {
  e2e::Service& service = scene.cluster.replica(replica);
  int starts = 0;
  e2e::Until(absl::StrCat("replica ", replica + 1, " is ready, started as often as it takes"), [&] {
    if (!service.Running()) {
      service.Kill();  // Collects what has ended.
      service.Start();
      ++starts;
    }
    return service.Readyz().code == 200;
  });
  return starts;
}

}  // namespace crm::fault
