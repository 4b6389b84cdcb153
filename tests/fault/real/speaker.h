// One client thread's way to say commands and reads and to write down what became of them.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "crm/customer/v1/customer.pb.h"
#include "tests/e2e/harness.h"
#include "tests/fault/real/recorder.h"

namespace crm::fault {

// What the clients of one injection share.
struct Common {
  std::vector<std::string> replicas;
  std::string sales;
  Recorder* recorder = nullptr;
  std::string run;  // In every name and id, so that no two injections share one.
  // How long one call waits; no longer than the published policy lets it.
  absl::Duration call_timeout;
  absl::Notification stopping;
  void Pause(absl::Duration time) { stopping.WaitForNotificationWithTimeout(time); }
  // Calls of patient speakers that did not get a definite answer.
  std::atomic<int64_t> failed_calls{0};
  // Units of revenue of the orders that were acknowledged, and their number.
  std::atomic<int64_t> order_units{0}, orders{0};

  // The latest position token that anybody got for a name, as text and decoded.
  struct Token {
    std::string text;
    std::map<int, int64_t> positions;
  };
  std::mutex mutex;
  std::map<std::string, Token> tokens;
  std::vector<std::string> failures;  // The first of the failed calls, in words.
};

class Speaker {
 public:
  // A patient one sends with the published policy, an impatient one without its retries, and again
  // after a second without an answer: it sees when a partition is served again.
  enum class Manner { kPatient, kImpatient };
  Speaker(int client, Common& common, Manner manner = Manner::kPatient);

  // Each is said until there is a definite answer or the patience is over, and once acknowledged
  // `more` times again, which must be acknowledged, too. True: acknowledged.
  bool Create(const std::string& id, int more);
  bool Update(const std::string& name, const std::string& etag, int more);
  bool Order(const std::string& customer, int64_t units, int more);
  void Get(const std::string& name, const std::string& read);

  // The etag that was last seen by this client; empty: none.
  std::string EtagOf(const std::string& name) const;
  int Draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

 private:
  // A call until it has a definite answer: fills in what the operation tells of it.
  template <class Response, class Request>
  absl::Status Say(e2e::Client& client, const Request& request, rpc::CallOptions options,
                   Operation& operation, Response& response);
  template <class Response, class Request>
  bool Write(e2e::Client& client, const Request& request, int more, Operation& operation,
             Response& response);
  void See(const customer::v1::Customer& customer, Operation& operation);
  void KeepPosition(const rpc::MetadataList& trailers, const std::string& name,
                    Operation& operation);
  void NoteFailure(const Operation& operation, int64_t sent_ns, const absl::Status& status);
  // A text that no other write has.
  std::string Fresh(const char* what);

  const int client_;
  Common& common_;
  const Manner manner_;
  e2e::Client replicas_;
  e2e::Client sales_;
  std::mt19937 random_;
  int64_t count_ = 0;
  std::map<std::string, std::string> etags_;
};

}  // namespace crm::fault
