// What a service is made of, said in its service.cc: one line each for its aggregates and commands,
// tables and views, reads, foreign tables and reactions. Mistakes (an RPC of the wrong type, a
// missing field) are collected and end the start with their names.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/engine/erase.h"
#include "libs/engine/ops.h"

namespace crm::app {

// A fact of another service that a command rests on: the row of a foreign table, or what the other
// service answers.
template <class GetRequest, class Req, class Row, class Resource>
struct RequiredFact {
  using Fact = Row;
  const table::TableSpec<Row>& table;
  std::string (*name_of)(const Req&);        // The resource name that the command depends on.
  Row (*convert)(const Resource& resource);  // An answer of the other service as a row.
};
template <class GetRequest, class Req, class Row, class Resource>
RequiredFact<GetRequest, Req, Row, Resource> Requires(const table::TableSpec<Row>& table,
                                                      std::string (*name_of)(const Req&),
                                                      Row (*convert)(const Resource&)) {
  return {table, name_of, convert};
}

class Service;

// Chained: service.Aggregate<M>(kTable).Command<A>().Command<B>().Internal<C>().
template <class M>
class AggregateBuilder {
 public:
  AggregateBuilder(Service& service, engine::AggregateDef* aggregate)
      : service_(service), aggregate_(aggregate) {}

  // A command with an RPC of its own, which returns M::State.
  template <class Req>
  AggregateBuilder& Command() {
    return Add<Req, void>(false);
  }
  // The same with a fact of another service, Decide's last argument. Not found: the command answers
  // NOT_FOUND.
  template <class Req, class GetRequest, class Row, class Resource>
  AggregateBuilder& Command(const RequiredFact<GetRequest, Req, Row, Resource>& fact);
  // A command of timers and reactions, without RPC.
  template <class Req>
  AggregateBuilder& Internal() {
    return Add<Req, void>(true);
  }
  template <class Req, class GetRequest, class Row, class Resource>
  AggregateBuilder& Internal(const RequiredFact<GetRequest, Req, Row, Resource>& fact);

 private:
  template <class Req, class Fact>
  AggregateBuilder& Add(bool internal,
                        std::optional<engine::RequiresDef> requires_fact = std::nullopt);
  template <class GetRequest, class Req, class Row, class Resource>
  engine::RequiresDef Erased(const RequiredFact<GetRequest, Req, Row, Resource>& fact);

  Service& service_;
  engine::AggregateDef* aggregate_;
};

class Service {
 public:
  // `name` as in `customer`; its protos are in package crm.<package>.v1, its log is
  // crm.<package>.log.v1.
  Service(std::string name, std::string_view package) {
    def_.name = std::move(name);
    def_.package = std::string(package);
    def_.topic = engine::TopicOfPackage(package);
  }

  template <class M>
  AggregateBuilder<M> Aggregate(const table::TableSpec<typename M::State>& table) {
    Table(table);
    auto aggregate = engine::EraseAggregate<M>(table.name);
    if (!Note(aggregate.status())) return AggregateBuilder<M>(*this, nullptr);
    def_.aggregates.push_back(*std::move(aggregate));
    return AggregateBuilder<M>(*this, def_.aggregates.back().get());
  }

  // A table that a view or a foreign table writes. Every table is named once, by what writes it
  // first.
  template <class Row>
  void Table(const table::TableSpec<Row>& table) {
    def_.tables.push_back(table::Compile(table));
  }

  template <class M>
  void Project(void (*project)(const engine::Change<M>&, engine::Rows&)) {
    for (auto& aggregate : def_.aggregates) {
      if (aggregate->event == &M::Event::default_instance()) {
        aggregate->views.push_back(engine::EraseView<M>(project));
        return;
      }
    }
    Note(absl::InvalidArgumentError(M::Event::descriptor()->full_name() +
                                    " has a view but no aggregate"));
  }

  template <class E>
  void Foreign(void (*project)(const engine::ForeignEvent<E>&, engine::Rows&)) {
    def_.foreigns.push_back(engine::EraseForeign<E>(project));
  }

  // `name` is kept in the log for ever: renaming a reaction makes it another one.
  template <class E>
  void React(std::string name,
             engine::Commands (*react)(const engine::ForeignEvent<E>&, const engine::Snapshot&)) {
    def_.reactions.push_back(engine::EraseReaction<E>(std::move(name), react));
  }

  // A view of what our reactions asked for and was not done: a row's key holds the target, as only
  // its partition of our log says so.
  void ProjectPassed(void (*project)(const engine::Passed&, engine::Rows&)) {
    def_.passed_views.push_back(project);
  }

  template <class Req, class Row>
  void Get(const table::TableSpec<Row>& table) {
    if (auto method = engine::ReadMethod<Req>(*Row::descriptor()); Note(method.status())) {
      def_.gets.push_back({*method, std::string(table.name)});
    }
  }
  template <class Req, class Resp, class Row>
  void BatchGet(const table::TableSpec<Row>& table) {
    if (auto method = engine::ReadMethod<Req>(*Resp::descriptor()); Note(method.status())) {
      def_.batch_gets.push_back({*method, std::string(table.name)});
    }
  }
  template <class Req, class Resp, class Row>
  void List(const table::TableSpec<Row>& table) {
    if (auto method = engine::ReadMethod<Req>(*Resp::descriptor()); Note(method.status())) {
      def_.lists.push_back({*method, std::string(table.name), nullptr});
    }
  }
  template <class Req, class Resp>
  void Query(absl::StatusOr<Resp> (*query)(const Req&, const engine::Snapshot&,
                                           const engine::Context&)) {
    if (auto erased = engine::EraseQuery<Req, Resp>(query); Note(erased.status())) {
      def_.queries.push_back(*std::move(erased));
    }
  }
  // A stream of the rows below a parent, in a service that has their aggregate: those of which
  // `first` is true when a caller comes, then each that changes, as it then is. What is kept for it
  // is made as rows change: watching an aggregate that has rows, or changing `first`, raises the
  // version of its table.
  template <class Req, class Resp, class Row>
  void Watch(const table::TableSpec<Row>& table, bool (*first)(const Row&)) {
    for (auto& aggregate : def_.aggregates) {
      if (aggregate->table != table.name) continue;
      if (auto watch = engine::EraseWatch<Req, Resp, Row>(*aggregate, first); Note(watch.status()))
        def_.watches.push_back(*std::move(watch));
      return;
    }
    Note(absl::InvalidArgumentError(std::string(table.name) + " is watched but of no aggregate"));
  }
  template <class Resp, class Req>
  void Batch(std::vector<engine::BatchItem> (*split)(const Req&, const engine::Snapshot&)) {
    if (auto method = engine::ReadMethod<Req>(*Resp::descriptor()); Note(method.status())) {
      def_.batches.push_back(engine::EraseBatch<Req>(**method, split));
    }
  }

  // Parents of the service's lists that stand for others: every name whose children are listed with
  // those of `parent`, itself the first.
  void ParentsOfLists(std::vector<std::string> (*parents)(const std::string& parent,
                                                          const engine::Snapshot&)) {
    parents_ = parents;
  }

  // What the values of maps in the service's lists are (libs/table/filter.h): with it a filter that
  // names an unknown key, or a value of another type, is refused.
  void KeyTypesOfLists(engine::KeyTypesFunction types) { key_types_ = types; }

  // Asked before the rule of every command of the service: OK, or why it is refused. It reads rows
  // of the command's own key. For what holds of all that hangs on one resource.
  void Guard(absl::Status (*admit)(const engine::Guarded&, const engine::Snapshot&)) {
    guards_.push_back(admit);
  }

  // An RPC of somebody else's API, {Req} to google.protobuf.Empty, that asks for a command of ours.
  // It has no request_id: the command should be one that is quiet when it is said twice.
  template <class Resp, class Req>
  void Alias(absl::StatusOr<engine::MessagePtr> (*command)(const Req&)) {
    if (auto method = engine::ReadMethod<Req>(*Resp::descriptor()); Note(method.status())) {
      def_.aliases.push_back(engine::EraseAlias<Req>(**method, command));
    }
  }

  // Commands given once at the first start, for example default configuration.
  void Seed(engine::Commands (*seed)()) { def_.seeds.push_back(seed); }

  // The first mistake, or OK.
  const absl::Status& status() const { return status_; }
  engine::ServiceDef Take() {
    for (engine::ListDef& list : def_.lists) {
      list.parents = parents_;
      list.key_types = key_types_;
    }
    for (const auto& admit : guards_) {
      for (auto& [type, command] : def_.commands) PutBefore(admit, *command);
    }
    return std::move(def_);
  }

 private:
  template <class M>
  friend class AggregateBuilder;
  bool Note(const absl::Status& status) {
    status_.Update(status);
    return status.ok();
  }
  using Admit = absl::Status (*)(const engine::Guarded&, const engine::Snapshot&);
  static void PutBefore(Admit admit, engine::CommandDef& command) {
    const bool create = command.shape.kind == engine::RequestShape::Kind::kCreate;
    command.decide = [admit, create, rule = std::move(command.decide)](
                         const engine::DecideInput& in) -> absl::StatusOr<engine::MessagePtr> {
      absl::Status admitted = admit({in.command, create, in.context}, in.snapshot);
      if (!admitted.ok()) return admitted;
      return rule(in);
    };
  }

  engine::ServiceDef def_;
  std::vector<Admit> guards_;
  std::vector<std::string> (*parents_)(const std::string&, const engine::Snapshot&) = nullptr;
  engine::KeyTypesFunction key_types_ = nullptr;
  absl::Status status_;
};

template <class M>
template <class Req, class Fact>
AggregateBuilder<M>& AggregateBuilder<M>::Add(bool internal,
                                              std::optional<engine::RequiresDef> requires_fact) {
  if (aggregate_ == nullptr) return *this;
  auto command = engine::EraseCommand<M, Req, Fact>(*aggregate_, internal);
  if (!service_.Note(command.status())) return *this;
  (*command)->requires_fact = std::move(requires_fact);
  if constexpr (engine::HasTimer<M>) {
    if constexpr (std::is_same_v<typename M::Due, Req>) aggregate_->due = command->get();
  }
  auto& commands = service_.def_.commands;
  const std::string type = (*command)->type;
  if (!commands.emplace(type, *std::move(command)).second) {
    service_.Note(absl::InvalidArgumentError(type + " is declared twice"));
  }
  return *this;
}

template <class M>
template <class GetRequest, class Req, class Row, class Resource>
engine::RequiresDef AggregateBuilder<M>::Erased(
    const RequiredFact<GetRequest, Req, Row, Resource>& fact) {
  engine::RequiresDef def;
  def.table = std::string(fact.table.name);
  def.row = &Row::default_instance();
  auto method = engine::ReadMethod<GetRequest>(*Resource::descriptor());
  if (service_.Note(method.status())) def.method = *method;
  def.name_of = [name_of = fact.name_of](const google::protobuf::Message& command) {
    return name_of(static_cast<const Req&>(command));
  };
  def.convert =
      [convert = fact.convert](const google::protobuf::Message& resource) -> engine::MessagePtr {
    return std::make_unique<Row>(convert(static_cast<const Resource&>(resource)));
  };
  return def;
}

template <class M>
template <class Req, class GetRequest, class Row, class Resource>
AggregateBuilder<M>& AggregateBuilder<M>::Command(
    const RequiredFact<GetRequest, Req, Row, Resource>& fact) {
  return Add<Req, Row>(false, Erased(fact));
}

template <class M>
template <class Req, class GetRequest, class Row, class Resource>
AggregateBuilder<M>& AggregateBuilder<M>::Internal(
    const RequiredFact<GetRequest, Req, Row, Resource>& fact) {
  return Add<Req, Row>(true, Erased(fact));
}

}  // namespace crm::app
