#include "tests/fault/sim/checks.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/table/read_view.h"

namespace crm::fault {
namespace {

namespace tv1 = engine::testdata::tv1;
using Kind = Operation::Kind;
using Outcome = Operation::Outcome;

// A request is remembered with its key.
using RequestKey = std::pair<std::string, std::string>;

struct Effect {
  std::string name;
  int64_t revision = 0;
};

std::multimap<std::string, Effect> EffectsByRequest(const LogModel& model) {
  std::multimap<std::string, Effect> effects;
  for (const auto& [name, versions] : model.accounts) {
    for (size_t i = 0; i < versions.size(); ++i) {
      if (!versions[i].reaction.empty() || versions[i].event.has_woken()) continue;
      effects.emplace(versions[i].request_id, Effect{name, static_cast<int64_t>(i) + 1});
    }
  }
  return effects;
}

bool AsAsked(const Operation& operation, const Version& version) {
  switch (operation.kind) {
    case Kind::kCreate:
      return version.event.has_opened();
    case Kind::kRetitle:
      return version.event.has_updated() && version.title == operation.title;
    case Kind::kAdd:
      return version.event.has_added() && version.event.added().amount() == operation.amount;
    case Kind::kSend:
      return version.event.has_sent() && version.event.sent().amount() == operation.amount &&
             version.event.sent().to() == operation.to;
    case Kind::kRead:
      return false;
  }
  return false;
}

// Where an answer stands in the order of its account.
struct Point {
  const Operation* operation;
  int64_t revision;
  bool effect;  // It made the revision; else it saw it.
};

// True when an account in this state gives that refusal.
bool Explains(int64_t revision, const Version* version, const Operation& operation) {
  switch (operation.code) {
    case absl::StatusCode::kNotFound:
      return revision == 0;
    case absl::StatusCode::kAlreadyExists:
      return revision > 0;
    case absl::StatusCode::kAborted:
      return revision > 0 && operation.etag != absl::StrCat("r", revision);
    case absl::StatusCode::kFailedPrecondition:
      return revision > 0 &&
             (operation.kind == Kind::kSend ? version->balance < operation.amount
                                            : version->balance + operation.amount < 0);
    default:
      return false;
  }
}

// Behind a barrier some state that the account may have had while the question was open explains
// the refusal: none older than what anybody knew before, none that was asked for only afterwards.
void CheckRefusalInTime(const Operation& operation, const std::vector<Point>& points,
                        const LogModel& model, Violations& out) {
  const auto found = model.accounts.find(operation.name);
  const int64_t last =
      found == model.accounts.end() ? 0 : static_cast<int64_t>(found->second.size());
  int64_t lowest = 0;
  std::map<int64_t, absl::Duration> asked_for;
  for (const Point& point : points) {
    if (point.operation->end < operation.call) lowest = std::max(lowest, point.revision);
    if (point.effect) asked_for[point.revision] = point.operation->call;
  }
  for (int64_t revision = lowest; revision <= last; ++revision) {
    const auto asked = asked_for.find(revision);
    if (revision > lowest && asked != asked_for.end() && asked->second > operation.end) break;
    if (Explains(revision, revision == 0 ? nullptr : &found->second[revision - 1], operation))
      return;
  }
  out.push_back(absl::StrCat("not linearizable: nothing since r", lowest,
                             " explains it: ", Describe(operation)));
}

void CheckPoints(std::vector<Point>& points, Violations& out) {
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return a.operation->call < b.operation->call; });
  // Goes along: the highest revision that anybody knew who had his answer before.
  std::vector<const Point*> ended;
  for (const Point& point : points) {
    if (point.operation->end < absl::InfiniteDuration()) ended.push_back(&point);
  }
  std::sort(ended.begin(), ended.end(),
            [](const Point* a, const Point* b) { return a->operation->end < b->operation->end; });
  size_t known = 0;
  const Point* highest = nullptr;
  for (const Point& point : points) {
    for (; known < ended.size() && ended[known]->operation->end < point.operation->call; ++known) {
      if (highest == nullptr || ended[known]->revision > highest->revision) highest = ended[known];
    }
    if (highest == nullptr) continue;
    const bool late =
        point.effect ? point.revision <= highest->revision : point.revision < highest->revision;
    if (late) {
      out.push_back(absl::StrCat("not linearizable: ", Describe(*point.operation),
                                 point.effect ? " made r" : " saw r", point.revision,
                                 " after somebody knew r", highest->revision, ": ",
                                 Describe(*highest->operation)));
    }
  }
}

}  // namespace

void CheckCommands(const History& history, const LogModel& model, int service, Violations& out) {
  const std::multimap<std::string, Effect> effects = EffectsByRequest(model);
  for (auto it = effects.begin(); it != effects.end(); ++it) {
    const auto next = std::next(it);
    if (next != effects.end() && next->first == it->first) {
      out.push_back(absl::StrCat("request ", it->first, " has two effects: ", it->second.name, " r",
                                 it->second.revision, " and ", next->second.name, " r",
                                 next->second.revision));
    }
  }
  for (const Operation& operation : history) {
    if (operation.kind == Kind::kRead || operation.service != service) continue;
    const auto effect = effects.find(operation.request_id);
    const bool done = effect != effects.end();
    if (!done) {
      if (operation.outcome == Outcome::kOk)
        out.push_back(absl::StrCat("acknowledged but not in the log: ", Describe(operation)));
      continue;
    }
    const auto& [name, revision] = effect->second;
    const Version& version = model.accounts.at(name)[revision - 1];
    if (operation.outcome == Outcome::kRefused)
      out.push_back(absl::StrCat("refused but in the log: ", Describe(operation)));
    if (operation.outcome == Outcome::kNotDone)
      out.push_back(absl::StrCat("said not to be done but in the log: ", Describe(operation)));
    if (!AsAsked(operation, version))
      out.push_back(absl::StrCat("done otherwise than asked: ", Describe(operation)));
    if (!operation.etag.empty() && operation.etag != absl::StrCat("r", revision - 1))
      out.push_back(absl::StrCat("done on r", revision - 1, ": ", Describe(operation)));
    if (operation.outcome != Outcome::kOk) continue;
    // Said once it answers with its own revision; said again, perhaps with a later one.
    const bool fits =
        operation.name == name &&
        (operation.sends == 1 ? operation.revision == revision : operation.revision >= revision);
    if (!fits)
      out.push_back(
          absl::StrCat("is ", name, " r", revision, " in the log: ", Describe(operation)));
  }
}

void CheckLinearizable(const History& history, const LogModel& model, int service,
                       Violations& out) {
  const std::multimap<std::string, Effect> effects = EffectsByRequest(model);
  std::map<std::string, std::vector<Point>> points;
  for (const Operation& operation : history) {
    if (operation.service != service) continue;
    if (operation.kind == Kind::kRead) {
      if (operation.read == Operation::Read::kBarrier && operation.outcome == Outcome::kOk)
        points[operation.name].push_back({&operation, operation.revision, false});
      continue;
    }
    if (const auto effect = effects.find(operation.request_id); effect != effects.end()) {
      // Also when nobody knew: it took effect some time after it was asked for.
      points[effect->second.name].push_back({&operation, effect->second.revision, true});
    }
  }
  for (auto& [name, of_account] : points) CheckPoints(of_account, out);
  for (const Operation& operation : history) {
    const bool refused_behind_barrier = operation.service == service &&
                                        operation.outcome == Outcome::kRefused &&
                                        operation.read == Operation::Read::kBarrier;
    if (refused_behind_barrier) CheckRefusalInTime(operation, points[operation.name], model, out);
  }
}

void CheckRefusals(const History& history, const LogModel& model, int service, Violations& out) {
  for (const Operation& operation : history) {
    if (operation.service != service || operation.outcome != Outcome::kRefused) continue;
    const int64_t revision = model.RevisionAt(operation.name, operation.position.next);
    const Version* version =
        revision == 0 ? nullptr : &model.accounts.at(operation.name)[revision - 1];
    if (!Explains(revision, version, operation))
      out.push_back(absl::StrCat("r", revision, " does not explain it: ", Describe(operation)));
  }
}

void CheckReads(const History& history, const LogModel& model, int service, Violations& out) {
  for (const Operation& operation : history) {
    if (operation.service != service || operation.outcome != Outcome::kOk) continue;
    const auto fault = [&](const std::string& what) {
      out.push_back(absl::StrCat(what, ": ", Describe(operation)));
    };
    const auto found = model.accounts.find(operation.name);
    const int64_t last =
        found == model.accounts.end() ? 0 : static_cast<int64_t>(found->second.size());
    if (operation.revision < 0 || operation.revision > last) {
      fault(absl::StrCat("a revision that the log does not have, but r", last));
      continue;
    }
    if (operation.revision > 0) {
      const Version& version = found->second[operation.revision - 1];
      if (version.title != operation.seen_title || version.balance != operation.seen_balance)
        fault(absl::StrCat("the account was never so: balance ", operation.seen_balance,
                           " instead of ", version.balance));
    }
    if (operation.revision < model.RevisionAt(operation.name, operation.position.next))
      fault("older than the position it states");
    if (operation.kind == Kind::kRead && operation.read == Operation::Read::kAfter &&
        operation.revision < model.RevisionAt(operation.name, operation.after.next)) {
      fault("older than the position it was to rest on");
    }
  }
}

void CheckReactions(const LogModel& source, const LogModel& target, const std::string& reaction,
                    Violations& out) {
  // By what asked for them: the accounts that were changed, or passed over.
  std::map<std::string, std::vector<std::pair<std::string, int64_t>>> effects;
  for (const auto& [name, versions] : target.accounts) {
    for (const Version& version : versions) {
      if (version.reaction.rfind(reaction + "/", 0) != 0) continue;
      effects[version.reaction].emplace_back(
          name, version.event.received().amount() + version.event.added().amount());
    }
  }
  const auto count = [](const auto& names, const std::string& name) {
    return std::count(names.begin(), names.end(), name);
  };
  for (const auto& [name, versions] : source.accounts) {
    for (size_t i = 0; i < versions.size(); ++i) {
      const auto& event = versions[i].event;
      std::vector<std::string> targets;
      if (reaction == "OnAmountSent" && event.has_sent()) targets = {event.sent().to()};
      if (reaction == "OnAmountAdded" && event.has_added() && !event.added().mirrored())
        targets = versions[i].mirrors;
      const std::string cause = absl::StrCat(reaction, "/", name, "/", i + 1);
      const int64_t amount = event.sent().amount() + event.added().amount();
      std::vector<std::string> reached;
      for (const auto& [reached_name, reached_amount] : effects[cause]) {
        reached.push_back(reached_name);
        if (reached_amount != amount)
          out.push_back(absl::StrCat(cause, " brought ", reached_amount, " instead of ", amount));
      }
      const auto passed = target.passed.find(cause);
      if (passed != target.passed.end())
        reached.insert(reached.end(), passed->second.begin(), passed->second.end());
      for (const std::string& wanted : targets) {
        if (const auto times = count(reached, wanted); times != 1)
          out.push_back(absl::StrCat(cause, " reached ", wanted, " ", times, " times"));
      }
      if (reached.size() > targets.size())
        out.push_back(absl::StrCat(cause, " reached more than it was for"));
      effects.erase(cause);
    }
  }
  for (const auto& [cause, left] : effects) {
    if (!left.empty()) out.push_back(absl::StrCat(cause, " has effects and no event"));
  }
}

void CheckTimers(const LogModel& model, absl::Time end, Violations& out) {
  for (const auto& [name, versions] : model.accounts) {
    const int64_t seconds = versions.front().event.opened().account().wake_after_seconds();
    const absl::Time made = absl::FromUnixNanos(versions.front().time_ns);
    const absl::Time due = made + absl::Seconds(seconds);
    if (versions.back().woken > 1) out.push_back(absl::StrCat(name, " was woken twice"));
    for (const Version& version : versions) {
      if (version.event.has_woken() && absl::FromUnixNanos(version.time_ns) < due)
        out.push_back(absl::StrCat(name, " was woken too early"));
    }
    const bool must = seconds > 0 && due < end;
    if (must && versions.back().woken == 0)
      out.push_back(absl::StrCat(name, " was never woken though due"));
  }
}

void CheckTables(const Process& replica, const LogModel& own, const LogModel& partner,
                 Violations& out) {
  const table::ReadView view(replica.database());
  const auto fault = [&](const std::string& name, const std::string& what) {
    out.push_back(absl::StrCat(replica.name(), ": ", name, " ", what));
  };
  size_t rows = 0;
  for (const auto& [name, versions] : own.accounts) {
    tv1::Account row;
    if (!view.GetErased("accounts", {name}, row)) {
      fault(name, "is missing");
      continue;
    }
    ++rows;
    const Version& last = versions.back();
    if (row.etag() != absl::StrCat("r", versions.size()) || row.title() != last.title ||
        row.balance() != last.balance || row.woken() != last.woken) {
      fault(name, absl::StrCat("is ", row.ShortDebugString(), " and should be r", versions.size(),
                               " balance ", last.balance, " title ", last.title));
    }
  }
  size_t found = 0;
  int64_t accounts = 0, sum = 0, cells = 0;
  tv1::Account row;
  view.ScanErased("accounts", "", {}, row, [&](const google::protobuf::Message&) {
    ++found;
    sum += row.balance();
    return true;
  });
  tv1::BalanceCell cell;
  view.ScanErased("balances", "", {}, cell, [&](const google::protobuf::Message&) {
    accounts += cell.accounts();
    cells += cell.balance();
    return true;
  });
  if (found != rows) fault("accounts", absl::StrCat(found, " rows instead of ", rows));
  if (accounts != static_cast<int64_t>(found) || cells != sum)
    fault("balances", absl::StrCat(accounts, " with ", cells, " instead of ", found, ", ", sum));
  for (const auto& [name, versions] : partner.accounts) {
    tv1::PartnerAccount there;
    if (!view.GetErased("partners", {name}, there) || there.balance() != versions.back().balance ||
        there.revision() != static_cast<int64_t>(versions.size())) {
      fault(name, absl::StrCat("of the partner is ", there.ShortDebugString(), " and should be r",
                               versions.size(), " balance ", versions.back().balance));
    }
  }
  if (!view.status().ok()) fault("tables", view.status().ToString());
}

}  // namespace crm::fault
