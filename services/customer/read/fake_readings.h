// How far the logs of the services were read, for tests of answers that say so.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "libs/engine/model.h"

namespace crm::customer {

// How far logs were read, as a test says: all of them wholly, unless it says otherwise.
class FakeReadings : public engine::Readings {
 public:
  engine::Reading Of(std::string_view topic, std::string_view) const override {
    const auto found = of_.find(topic);
    if (found != of_.end()) return found->second;
    return {.followed = true, .complete = true, .reachable = true};
  }
  void Say(const std::string& service, engine::Reading reading) {
    of_["crm." + service + ".log.v1"] = reading;
  }

 private:
  std::map<std::string, engine::Reading, std::less<>> of_;
};

}  // namespace crm::customer
