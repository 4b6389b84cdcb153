// What a service is made of, said in its service.cc: one line each for its aggregates and commands,
// tables and views, reads, foreign tables and reactions. Mistakes (an RPC of the wrong type, a
// missing field) are collected and end the start with their names.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
      def_.lists.push_back({*method, std::string(table.name)});
    }
  }
  template <class Req, class Resp>
  void Query(absl::StatusOr<Resp> (*query)(const Req&, const engine::Snapshot&,
                                           const engine::Context&)) {
    if (auto erased = engine::EraseQuery<Req, Resp>(query); Note(erased.status())) {
      def_.queries.push_back(*std::move(erased));
    }
  }
  template <class Resp, class Req>
  void Batch(std::vector<engine::BatchItem> (*split)(const Req&, const engine::Snapshot&)) {
    if (auto method = engine::ReadMethod<Req>(*Resp::descriptor()); Note(method.status())) {
      def_.batches.push_back(engine::EraseBatch<Req>(**method, split));
    }
  }

  // Commands given once at the first start, for example default configuration.
  void Seed(engine::Commands (*seed)()) { def_.seeds.push_back(seed); }

  // The first mistake, or OK.
  const absl::Status& status() const { return status_; }
  engine::ServiceDef Take() { return std::move(def_); }

 private:
  template <class M>
  friend class AggregateBuilder;
  bool Note(const absl::Status& status) {
    status_.Update(status);
    return status.ok();
  }

  engine::ServiceDef def_;
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
