#include "tests/fault/sim/clients.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"

namespace crm::fault {
namespace {

namespace tv1 = engine::testdata::tv1;
using Kind = Operation::Kind;

constexpr absl::Duration kPatienceMax = absl::Seconds(5);
constexpr absl::Duration kLateMax = absl::Seconds(10);
constexpr absl::Duration kAgainAfterMax = absl::Milliseconds(500);
constexpr int kInsistently = 100'000;

// These say that nothing was done and nothing will be: a promise that is checked against the log.
bool SaysNotDone(const absl::Status& status) {
  static const auto& reasons =
      *new std::set<std::string>{"NOT_DONE", "NOT_OWNER",  "QUEUE_FULL",    "LOG_UNAVAILABLE",
                                 "LOG_BUSY", "NO_CONTACT", "TABLES_FAILED", "DEADLINE_EXCEEDED"};
  return reasons.count(base::ReasonOf(status)) > 0;
}

int64_t RevisionOf(const std::string& etag) {
  int64_t revision = -1;
  if (etag.size() < 2 || !absl::SimpleAtoi(etag.substr(1), &revision)) return -1;
  return revision;
}

std::string NameOf(const std::string& id) { return "accounts/" + id; }

tv1::CreateAccountRequest CreateOf(const Operation& operation) {
  tv1::CreateAccountRequest request;
  request.set_request_id(operation.request_id);
  if (!operation.derived_id) request.set_account_id(operation.name.substr(9));
  tv1::Account& account = *request.mutable_account();
  account.set_wake_after_seconds(operation.amount);
  for (const std::string& mirror : operation.mirrors) account.add_mirrors(NameOf(mirror));
  return request;
}

std::unique_ptr<google::protobuf::Message> RequestOf(const Operation& operation) {
  switch (operation.kind) {
    case Kind::kCreate:
      return std::make_unique<tv1::CreateAccountRequest>(CreateOf(operation));
    case Kind::kRetitle: {
      auto request = std::make_unique<tv1::UpdateAccountRequest>();
      request->mutable_account()->set_name(operation.name);
      request->mutable_account()->set_etag(operation.etag);
      request->mutable_account()->set_title(operation.title);
      request->mutable_update_mask()->add_paths("title");
      request->set_request_id(operation.request_id);
      return request;
    }
    case Kind::kAdd: {
      auto request = std::make_unique<tv1::AddAmountRequest>();
      request->set_name(operation.name);
      request->set_etag(operation.etag);
      request->set_request_id(operation.request_id);
      request->set_amount(operation.amount);
      return request;
    }
    case Kind::kSend: {
      auto request = std::make_unique<tv1::SendAmountRequest>();
      request->set_name(operation.name);
      request->set_etag(operation.etag);
      request->set_request_id(operation.request_id);
      request->set_amount(operation.amount);
      request->set_to(operation.to);
      return request;
    }
    case Kind::kRead:
      base::Check(false, "a read is no command");
  }
  return std::make_unique<tv1::AddAmountRequest>();
}

}  // namespace

std::string Describe(const Operation& operation) {
  constexpr const char* kKinds[] = {"create", "retitle", "add", "send", "read"};
  constexpr const char* kReads[] = {"plain", "after", "barrier"};
  constexpr const char* kOutcomes[] = {"unknown", "ok", "refused", "not done"};
  return absl::StrCat(
      "client ", operation.client, " ", kKinds[static_cast<int>(operation.kind)], " ",
      kReads[static_cast<int>(operation.read)], " service ", operation.service, " ", operation.name,
      " request ", operation.request_id, " etag '", operation.etag, "' amount ", operation.amount,
      " called ", absl::FormatDuration(operation.call), " ended ",
      absl::FormatDuration(operation.end), " sends ", operation.sends, ": ",
      kOutcomes[static_cast<int>(operation.outcome)], " ", absl::StatusCodeToString(operation.code),
      " r", operation.revision, " at ", operation.position.partition, ":", operation.position.next,
      " by ", operation.replica,
      operation.last_failure.empty() ? "" : "; told before: ", operation.last_failure);
}

std::string Clients::NewRequestId() {
  return absl::StrCat("seed-", world_.seed(), "-", ++next_id_);
}

Clients::Clients(World& world, const ClientOptions& options) : world_(world), options_(options) {}

void Clients::Begin() {
  auto left = std::make_shared<size_t>(0);
  for (int service = 0; service < kServices; ++service) {
    std::vector<std::string> ids = kMirrors;
    ids.insert(ids.end(), kHotAccounts.begin(), kHotAccounts.end());
    for (const std::string& id : ids) {
      Operation create;
      create.kind = Kind::kCreate;
      create.service = service;
      create.name = NameOf(id);
      create.amount = id == "a" ? 2 : id == "b" ? 8 : 0;
      if (id == "a") create.mirrors = kMirrors;
      if (id == "b") create.mirrors = {kMirrors[1]};
      ++*left;
      // Who is begun before all are there would send amounts to nobody.
      Insist(std::move(create), [this, left](const Operation&) {
        if (--*left > 0) return;
        for (int client = 1; client <= options_.clients; ++client) Next(client);
      });
    }
    for (const std::string& id : kHotAccounts) accounts_[service].push_back(NameOf(id));
  }
}

void Clients::Insist(Operation operation, std::function<void(const Operation&)> finished) {
  ++working_;
  auto attempt = std::make_shared<Attempt>();
  attempt->operation = std::move(operation);
  if (attempt->operation.request_id.empty()) attempt->operation.request_id = NewRequestId();
  attempt->operation.call = world_.Now();
  attempt->sends_max = kInsistently;
  attempt->finished = std::move(finished);
  Send(attempt);
}

void Clients::Next(int client) {
  if (begun_ >= options_.operations) return;
  ++begun_;
  ++working_;
  world_.At(world_.UpTo(options_.think_max), [this, client] { Work(client); });
}

void Clients::Work(int client) {
  auto attempt = std::make_shared<Attempt>();
  attempt->operation = Draw(client);
  attempt->operation.call = world_.Now();
  attempt->sends_max = 1 + static_cast<int>(world_.Pick(5));
  attempt->finished = [this, client](const Operation&) { Next(client); };
  Send(attempt);
}

Operation Clients::Draw(int client) {
  if (world_.Pick(4) != 0) return DrawCommand(client);
  Operation read;
  read.client = client;
  read.service = static_cast<int>(world_.Pick(kServices));
  const auto& accounts = accounts_[read.service];
  read.name = accounts[world_.Pick(accounts.size())];
  read.read = static_cast<Operation::Read>(world_.Pick(3));
  if (read.read == Operation::Read::kAfter) {
    const Known& known = known_[{client, read.service}];
    const auto found =
        known.positions.find(base::PartitionOf(base::KeyOf(read.name), world_.partitions()));
    if (found == known.positions.end())
      read.read = Operation::Read::kPlain;
    else
      read.after = found->second;
  }
  return read;
}

Operation Clients::DrawCommand(int client) {
  Operation command;
  command.client = client;
  command.service = static_cast<int>(world_.Pick(kServices));
  command.request_id = NewRequestId();
  if (world_.Pick(4) == 0) command.read = Operation::Read::kBarrier;
  const size_t kind = world_.Pick(10);
  if (kind == 0) {
    command.kind = Kind::kCreate;
    command.derived_id = world_.Pick(3) != 0;
    if (!command.derived_id) command.name = NameOf(absl::StrCat("n", next_id_));
    command.amount = static_cast<int64_t>(world_.Pick(10));
    if (world_.Pick(2) == 0) command.mirrors = {kMirrors[0]};
    return command;
  }
  const auto& accounts = accounts_[command.service];
  // Often the newest: what is done to it follows its making closely.
  command.name = world_.Pick(4) == 0 ? accounts.back() : accounts[world_.Pick(accounts.size())];
  const auto& revisions = known_[{client, command.service}].revisions;
  if (const auto known = revisions.find(command.name);
      known != revisions.end() && world_.Pick(3) == 0) {
    command.etag = absl::StrCat("r", known->second);
  }
  if (kind < 4) {
    command.kind = Kind::kRetitle;
    command.title = command.request_id;
  } else if (kind < 7) {
    command.kind = Kind::kAdd;
    command.amount = world_.Pick(3) == 0 ? -static_cast<int64_t>(1 + world_.Pick(300))
                                         : static_cast<int64_t>(1 + world_.Pick(100));
  } else {
    command.kind = Kind::kSend;
    command.amount = static_cast<int64_t>(1 + world_.Pick(60));
    command.to = world_.Pick(12) == 0 ? NameOf("nobody")
                                      : NameOf(kHotAccounts[world_.Pick(kHotAccounts.size())]);
  }
  return command;
}

void Clients::Send(const Shared& attempt) {
  std::vector<Process*> up;
  for (Process* replica : world_.replicas(attempt->operation.service)) {
    if (replica->engine() != nullptr) up.push_back(replica);
  }
  if (up.empty()) {
    world_.At(world_.UpTo(kAgainAfterMax), [this, attempt] { Send(attempt); });
    return;
  }
  attempt->answered = false;
  const int send = ++attempt->operation.sends;
  world_.At(absl::Seconds(1) + world_.UpTo(kPatienceMax), [this, attempt, send] {
    if (attempt->answered || attempt->operation.sends != send) return;
    attempt->answered = true;
    Unanswered(attempt, absl::DeadlineExceededError("nobody answered"));
  });
  Process& replica = *up[world_.Pick(up.size())];
  if (attempt->operation.kind == Kind::kRead) return SendRead(attempt, replica);
  if (!world_.Chance(world_.late_command)) return SendCommand(attempt, replica, send);
  world_.Fired("late_command");
  // It lies in a buffer, and arrives when its caller may have said it again elsewhere.
  world_.At(world_.UpTo(kLateMax), [this, attempt, &replica, send, life = replica.life()] {
    if (!life->dead() && replica.engine() != nullptr) SendCommand(attempt, replica, send);
  });
}

void Clients::SendCommand(const Shared& attempt, Process& replica, int send) {
  engine::Engine& engine = *replica.engine();
  engine::MessagePtr request = RequestOf(attempt->operation);
  const engine::CommandDef& def = *engine.FindCommand(request->GetDescriptor()->full_name());
  const std::string actor = absl::StrCat("user:", attempt->operation.client);
  absl::StatusOr<engine::Command> command =
      engine::Prepare(def, std::move(request), {actor, ""}, world_.partitions());
  base::Check(command.ok(), command.status().ToString());
  command->deadline = world_.Now() + absl::Milliseconds(200) + world_.UpTo(kPatienceMax);
  command->done = [this, attempt, send, life = replica.life(),
                   name = replica.name()](engine::CommandResult result) {
    if (!life->Deed()) return;
    attempt->operation.replica = name;
    Take(attempt, send, std::move(result));
  };
  // Who says a command again sets the barrier, as the API asks for.
  command->said_before =
      send > 1 || attempt->repeats || attempt->operation.read == Operation::Read::kBarrier;
  if (!command->said_before) return engine.Route(*std::move(command));
  // As libs/app: the command goes its way when the barrier is behind it.
  auto held = std::make_shared<engine::Command>(*std::move(command));
  engine.Barrier({held->partition}, held->deadline,
                 [&engine, held, life = replica.life()](const absl::Status& status) {
                   if (life->dead()) return;
                   if (status.ok()) return engine.Route(std::move(*held));
                   engine::CommandResult result;
                   result.status = status;
                   held->done(std::move(result));
                 });
}

void Clients::SendRead(const Shared& attempt, Process& replica) {
  engine::Engine& engine = *replica.engine();
  const Operation& read = attempt->operation;
  const int send = read.sends;
  if (read.read == Operation::Read::kPlain) return ReadNow(attempt, replica, send);
  const absl::Duration deadline = world_.Now() + kPatienceMax;
  auto then = [this, attempt, send, &replica, life = replica.life()](const absl::Status& status) {
    if (life->dead()) return;
    if (!status.ok()) return Take(attempt, send, engine::CommandResult{status});
    // On another thread, some time later.
    world_.At(world_.UpTo(absl::Milliseconds(1)), [this, attempt, send, &replica, life] {
      if (!life->dead()) ReadNow(attempt, replica, send);
    });
  };
  if (read.read == Operation::Read::kBarrier) {
    const int partition = base::PartitionOf(base::KeyOf(read.name), world_.partitions());
    return engine.Barrier({partition}, deadline, then);
  }
  const auto positions = engine.ParseReadAfter(engine.TokenOf({read.after}));
  base::Check(positions.ok(), positions.status().ToString());
  engine.Await(*positions, deadline, then);
}

void Clients::ReadNow(const Shared& attempt, Process& replica, int send) {
  if (replica.engine() == nullptr || replica.frozen()) return;
  const std::string& name = attempt->operation.name;
  engine::CommandResult result;
  result.name = name;
  result.position =
      replica.engine()->PositionOf(base::PartitionOf(base::KeyOf(name), world_.partitions()));
  auto stored = replica.database().GetStored("accounts", {name});
  if (!replica.life()->Deed()) return;
  if (stored.ok() && stored->has_value()) result.resource = (*stored)->bytes;
  // Damage that is found is not served.
  if (!stored.ok()) result.status = absl::UnavailableError("the tables cannot be read");
  attempt->operation.replica = replica.name();
  Take(attempt, send, std::move(result));
}

void Clients::Take(const Shared& attempt, int send, engine::CommandResult result) {
  Operation& operation = attempt->operation;
  if (attempt->answered || operation.sends != send) return;  // Too late: given up.
  attempt->answered = true;
  if (absl::IsUnavailable(result.status) || absl::IsDeadlineExceeded(result.status))
    return Unanswered(attempt, result.status);
  operation.end = world_.Now();
  operation.code = result.status.code();
  operation.outcome = result.status.ok() ? Operation::Outcome::kOk : Operation::Outcome::kRefused;
  operation.position = result.position;
  if (result.status.ok() && result.resource.empty() && operation.kind != Kind::kRead)
    world_.Complain(absl::StrCat("an OK without its resource: ", Describe(operation)));
  if (result.status.ok() && !result.resource.empty()) {
    tv1::Account account;
    base::Check(account.ParseFromString(result.resource), "an answer can be parsed");
    operation.name = account.name();
    operation.revision = RevisionOf(account.etag());
    operation.seen_title = account.title();
    operation.seen_balance = account.balance();
  }
  Finish(attempt);
}

void Clients::Unanswered(const Shared& attempt, const absl::Status& status) {
  attempt->operation.last_failure = base::StatusText(status);
  attempt->all_not_done = attempt->all_not_done && SaysNotDone(status);
  if (attempt->operation.sends < attempt->sends_max) {
    world_.At(world_.UpTo(kAgainAfterMax), [this, attempt] { Send(attempt); });
    return;
  }
  if (attempt->all_not_done) attempt->operation.outcome = Operation::Outcome::kNotDone;
  Finish(attempt);
}

void Clients::Finish(const Shared& attempt) {
  --working_;
  const Operation& operation = attempt->operation;
  if (!attempt->repeats) history_.push_back(operation);
  if (operation.outcome == Operation::Outcome::kOk) {
    Known& known = known_[{operation.client, operation.service}];
    known.revisions[operation.name] = operation.revision;
    known.positions[operation.position.partition] = operation.position;
    if (operation.kind == Kind::kCreate && !attempt->repeats && operation.client > 0)
      accounts_[operation.service].push_back(operation.name);
    if (operation.kind != Kind::kRead && !attempt->repeats && world_.Pick(5) == 0)
      Repeat(operation);
  }
  if (attempt->finished) attempt->finished(operation);
}

// What was done is done once, and said again whenever it is asked for.
void Clients::Repeat(const Operation& operation) {
  ++working_;
  auto attempt = std::make_shared<Attempt>();
  attempt->operation = operation;
  attempt->repeats = true;
  attempt->operation.sends = 0;
  attempt->sends_max = 3;
  attempt->finished = [this, first = operation](const Operation& again) {
    const bool same = again.outcome != Operation::Outcome::kRefused &&
                      (again.outcome != Operation::Outcome::kOk ||
                       (again.name == first.name && again.revision >= first.revision));
    if (!same) {
      world_.Complain(absl::StrCat("a repeated command was answered otherwise: ", Describe(first),
                                   "; again: ", Describe(again)));
    }
  };
  world_.At(world_.UpTo(absl::Seconds(2)), [this, attempt] { Send(attempt); });
}

}  // namespace crm::fault
