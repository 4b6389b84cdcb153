// What is measured: each work of ours beside the bare one that does the same.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/report.h"

namespace crm::bench {

// Names of points.
inline constexpr char kUpdateOnKafka[] = "update, Kafka";
inline constexpr char kUpdateEmbedded[] = "update, embedded";
inline constexpr char kCreateOnKafka[] = "create, Kafka";
inline constexpr char kCreateEmbedded[] = "create, embedded";
inline constexpr char kGetBesideEcho[] = "get / echo";
inline constexpr char kListBesideEcho[] = "list 50 / echo";

// One of the two sides of a point.
struct Side {
  std::string address, method;
  // Of one of the customers; `serial` is never used twice.
  std::function<std::string(int64_t number, int64_t serial)> request;
};

struct Plan {
  Point point;
  Side ours, bare;  // No address: nothing to compare with.
};

// Addresses of servers that hold the customers.
struct Servers {
  std::string kafka, embedded, bare, bare_embedded;
};
// Those whose "name@in flight," has one of `only` in it; all without any. Asks each read once, for
// the size of its answer.
std::vector<Plan> MakePlans(const Servers& servers, const std::vector<std::string>& only);

}  // namespace crm::bench
