// How far the logs were read that a query's rows come from, as of one moment.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/engine/engine.h"
#include "libs/engine/model.h"

namespace crm::engine {

// To be made before the rows are read, so that it never promises more than they hold.
class EngineReadings : public Readings {
 public:
  explicit EngineReadings(const Engine& engine);

  Reading Of(std::string_view topic, std::string_view key) const override;

 private:
  const bool reachable_;
  // By topic and partition.
  std::map<std::string, std::vector<Reading>, std::less<>> topics_;
};

}  // namespace crm::engine
