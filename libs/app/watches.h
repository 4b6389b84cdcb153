// Streams of rows as they change: who watches what, how far each has been told, and one thread for
// all of them.
//
// A watch keeps no changes, only its place among them: whenever something below its parent was
// committed here, or its reader has room again, the rows that changed behind that place are read
// and sent as they then are. So a slow reader costs no memory, and a resume token is that place.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/engine/engine.h"
#include "libs/rpc/call.h"

namespace crm::app {

class Watches {
 public:
  Watches();
  ~Watches();
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  // Begins to tell the caller, from `from` on; until the call ends. `def` and `engine` must outlive
  // this. Any thread.
  void Open(engine::Engine& engine, const engine::WatchDef& def, std::string parent,
            engine::v1::WatchToken from, std::shared_ptr<rpc::Call> call);
  // Rows below `parent` have changed and can be read. Any thread; does not wait.
  void Touch(const std::string& parent);
  // Ends the thread; the calls are left to end. Nothing is told afterwards.
  void Stop();

  size_t size() const;

 private:
  struct Watch;

  void Queue(const std::shared_ptr<Watch>& watch);
  void QueueLocked(const std::shared_ptr<Watch>& watch);
  void Loop();
  // Tells what there is; true: there is more, and room for it.
  bool Tell(Watch& watch);
  bool Send(Watch& watch, std::string_view row, const engine::v1::WatchToken& next);
  void Forget(const std::shared_ptr<Watch>& watch);

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::unordered_multimap<std::string, std::shared_ptr<Watch>> by_parent_;
  std::deque<std::shared_ptr<Watch>> queue_;  // Those to be looked at, each once.
  bool stopping_ = false;
  std::thread thread_;
};

// The first place of a new watch, or the one that a token says. INVALID_ARGUMENT naming
// resume_token: it is none, or of another watch.
absl::StatusOr<engine::v1::WatchToken> PlaceOf(const engine::Engine& engine,
                                               const engine::WatchDef& def,
                                               const std::string& parent, int partition,
                                               const std::string& resume_token);

}  // namespace crm::app
