#include "tests/bench/plans.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/check.h"
#include "tests/bench/bare.h"
#include "tests/bench/requests.h"

namespace crm::bench {
namespace {

// An echo of the bytes of a read: as many to and fro.
Side EchoOf(const Side& ours, const std::string& bare) {
  const size_t to = ours.request(0, 0).size();
  const size_t fro = CallOnce(ours.address, ours.method, ours.request(0, 0)).size();
  const std::string request = absl::StrFormat("%0*d", static_cast<int>(to), fro);
  base::Check(request.size() == to, "a request has room for the number of bytes of its answer");
  return {bare, bare::kReply, [request](int64_t, int64_t) { return request; }};
}

}  // namespace

std::vector<Plan> MakePlans(const Servers& servers, const std::vector<std::string>& only) {
  std::vector<Plan> plans;
  const auto add = [&](const std::string& name, int in_flight, const Side& ours, const Side& bare) {
    const std::string id = absl::StrCat(name, "@", in_flight, ",");
    const bool wanted =
        only.empty() || std::any_of(only.begin(), only.end(), [&](const auto& part) {
          return id.find(part) != std::string::npos;
        });
    if (wanted) plans.push_back({{name, in_flight, {}, {}}, ours, bare});
  };
  const auto commands = [&](const std::string& name, const Side& ours, const Side& bare) {
    for (const int in_flight : {1, 16, 64, 256, 1024}) add(name, in_flight, ours, bare);
  };
  commands(kUpdateOnKafka, {servers.kafka, kUpdate, UpdateBytes},
           {servers.bare, bare::kUpdate, UpdateBytes});
  const auto reads = [&](const std::string& name, const char* method,
                         std::string (*request)(int64_t number)) {
    const Side ours{servers.kafka, method,
                    [request](int64_t number, int64_t) { return request(number); }};
    for (const int in_flight : {1, 64, 256}) add(name, in_flight, ours, EchoOf(ours, servers.bare));
  };
  reads(kGetBesideEcho, kGet, GetBytes);
  reads("batch get 50 / echo", kBatchGet, BatchGetBytes);
  reads(kListBesideEcho, kList, ListBytes);
  reads("search / echo", kSearch, SearchBytes);
  commands(kUpdateEmbedded, {servers.embedded, kUpdate, UpdateBytes},
           {servers.bare_embedded, bare::kUpdate, UpdateBytes});
  // Last, as they make the tables grow.
  const auto one_more = [](std::string (*create)(int64_t number)) {
    return [create](int64_t, int64_t serial) { return create(kCustomers + serial); };
  };
  commands(kCreateOnKafka, {servers.kafka, kCreate, one_more(CreateBytes)},
           {servers.bare, bare::kUpdate, one_more(CreateBareBytes)});
  commands(kCreateEmbedded, {servers.embedded, kCreate, one_more(CreateBytes)},
           {servers.bare_embedded, bare::kUpdate, one_more(CreateBareBytes)});
  return plans;
}

}  // namespace crm::bench
