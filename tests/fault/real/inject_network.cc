// Links that are cut, one way or both, slow, or lose what a broker has said.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/fault/real/injections.h"

namespace crm::fault {
namespace {

// The partitions of the replica with most of them, marked; its name as in links.
std::pair<int, std::string> MarkBusiest(Scene& scene) {
  const int owner = scene.cluster.BusiestOwner();
  const std::string name = absl::StrCat("r", owner + 1);
  scene.recorder.Mark(scene.kind, name, scene.cluster.OwnedBy(owner));
  return {owner, name};
}

// Nothing passes between the owner and the brokers in that direction, and nothing says so.
void SplitFromBrokers(Scene& scene, const std::string& direction) {
  const auto [owner, name] = MarkBusiest(scene);
  scene.cluster.Fault(name + "-b*",
                      absl::StrCat(R"("fault":"stall","direction":")", direction, "\""));
  e2e::Until("others own what it had",
             [&, owner = owner] { return scene.cluster.OthersOwnAll(owner); });
  scene.load.WaitForAllPartitions("without " + name);
  Last(scene, absl::Seconds(1), absl::Seconds(20));
  scene.cluster.Heal();
}

void SplitOwnerBrokers(Scene& scene) { SplitFromBrokers(scene, "both"); }
void OneWayUp(Scene& scene) { SplitFromBrokers(scene, "up"); }
void OneWayDown(Scene& scene) { SplitFromBrokers(scene, "down"); }

void SplitOwnerPeers(Scene& scene) {
  const auto [owner, name] = MarkBusiest(scene);
  scene.cluster.Fault(name + "-r*", R"("fault":"stall")");
  scene.cluster.Fault("r*-" + name, R"("fault":"stall")");
  Last(scene, absl::Seconds(8), absl::Seconds(30));
  scene.cluster.Heal();
}

void SlowLinks(Scene& scene) {
  const auto [owner, name] = MarkBusiest(scene);
  scene.cluster.Fault("r*", R"("fault":"delay","delay_ms":30,"jitter_ms":70)");
  scene.cluster.Fault(name + "-*", R"("fault":"throttle","bytes_per_second":200000)");
  Last(scene, absl::Seconds(6), absl::Seconds(30));
  scene.load.WaitForAllPartitions("over slow links");
  scene.cluster.Heal();
}

void CutLinks(Scene& scene) {
  const auto [owner, name] = MarkBusiest(scene);
  const int rounds = scene.long_form ? 15 : 5;
  for (int i = 0; i < rounds; ++i) {
    const std::string links = i % 2 == 0 ? name + "-*" : absl::StrCat("r*-b", 1 + i % kBrokers);
    scene.cluster.Fault(links, R"("fault":"cut")");
    scene.load.Hold(absl::Milliseconds(300 + scene.random() % 700));
    scene.cluster.Heal();
    scene.load.Hold(absl::Milliseconds(scene.random() % 500));
  }
}

// Faults of answers to produce requests (API key 0), until enough of them were hit.
void HitProduceAnswers(Scene& scene, const std::string& fault, const std::string& json) {
  const auto [owner, name] = MarkBusiest(scene);
  const int64_t before = scene.cluster.Fired(fault);
  const int64_t wanted = scene.long_form ? 60 : 15;
  scene.cluster.Fault("r*-b*", absl::StrCat(R"("fault":")", fault, R"(","api_key":0,)", json));
  e2e::Until("answers to produce requests are hit",
             [&] { return scene.cluster.Fired(fault) >= before + wanted; });
  Last(scene, absl::Seconds(3), absl::Seconds(20));
  scene.cluster.Heal();
  scene.note = absl::StrCat(scene.cluster.Fired(fault) - before, " hit");
}

void ProduceDelayed(Scene& scene) {
  HitProduceAnswers(scene, "delay_response", R"("delay_ms":2500,"probability":0.02)");
}
void ProduceDropped(Scene& scene) {
  HitProduceAnswers(scene, "drop_response", R"("probability":0.02)");
}

}  // namespace

std::vector<Injection> NetworkInjections() {
  return {{"split-owner-brokers", SplitOwnerBrokers},
          {"split-owner-peers", SplitOwnerPeers},
          {"one-way-owner-to-brokers", OneWayUp},
          {"one-way-brokers-to-owner", OneWayDown},
          {"slow-links", SlowLinks},
          {"cut-links", CutLinks},
          {"produce-response-delayed", ProduceDelayed},
          {"produce-response-dropped", ProduceDropped}};
}

}  // namespace crm::fault
