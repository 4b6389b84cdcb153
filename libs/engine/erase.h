// From typed declarations to the erased tables of ops.h: the only place where a service's types are
// known.
#pragma once

#include <type_traits>
#include <utility>

#include "libs/engine/model.h"
#include "libs/engine/ops.h"

namespace crm::engine {

template <class T>
struct FunctionTraits;
template <class R, class... A>
struct FunctionTraits<R (*)(A...)> {
  using Result = R;
  template <int I>
  using Arg = std::remove_cvref_t<std::tuple_element_t<I, std::tuple<A...>>>;
};

template <class T>
struct InnerOf;
template <class T>
struct InnerOf<absl::StatusOr<T>> {
  using Type = T;
};

template <class M>
absl::StatusOr<MessagePtr> Boxed(Decision<M> decision) {
  if (!decision.ok()) return decision.status();
  if (!decision->has_value()) return MessagePtr();
  return MessagePtr(std::make_unique<typename M::Event>(**std::move(decision)));
}

// Calls the overload of M::Decide that exists for the command: with or without gathered facts, with
// or without a required fact of another service.
template <class M, class Req, class Fact>
absl::StatusOr<MessagePtr> CallDecide(const DecideInput& in) {
  const auto& state = static_cast<const typename M::State&>(in.state);
  const auto& command = static_cast<const Req&>(in.command);
  constexpr bool kGathers = requires { M::Gather(command, in.context, in.snapshot); };
  if constexpr (std::is_void_v<Fact>) {
    if constexpr (kGathers) {
      return Boxed<M>(
          M::Decide(state, command, in.context, M::Gather(command, in.context, in.snapshot)));
    } else {
      return Boxed<M>(M::Decide(state, command, in.context));
    }
  } else {
    const auto& fact = static_cast<const Fact&>(*in.required);
    if constexpr (kGathers) {
      return Boxed<M>(
          M::Decide(state, command, in.context, M::Gather(command, in.context, in.snapshot), fact));
    } else {
      return Boxed<M>(M::Decide(state, command, in.context, fact));
    }
  }
}

template <class M>
absl::StatusOr<std::unique_ptr<AggregateDef>> EraseAggregate(std::string_view table) {
  static_assert(Model<M>, "a model has State, Event and static void Evolve(State&, const Event&)");
  auto def = std::make_unique<AggregateDef>();
  def->table = std::string(table);
  def->state = &M::State::default_instance();
  def->event = &M::Event::default_instance();
  def->facts = M::Event::descriptor()->FindOneofByName("event");
  if (def->facts == nullptr) {
    return absl::InvalidArgumentError(M::Event::descriptor()->full_name() + " lacks a oneof event");
  }
  absl::StatusOr<base::NamePattern> pattern = PatternOf(*M::State::descriptor());
  if (!pattern.ok()) return pattern.status();
  def->pattern = *std::move(pattern);
  def->collection = def->pattern.collection();
  absl::StatusOr<StateShape> shape = ShapeOfState(*M::State::descriptor());
  if (!shape.ok()) return shape.status();
  def->shape = *shape;
  def->evolve = [](Message& state, const Message& event) {
    M::Evolve(static_cast<typename M::State&>(state), static_cast<const typename M::Event&>(event));
  };
  if constexpr (HasTimer<M>) {
    def->next_due = [](const Message& state) {
      return M::NextDue(static_cast<const typename M::State&>(state));
    };
  }
  return def;
}

template <class M, class Req, class Fact>
absl::StatusOr<std::unique_ptr<CommandDef>> EraseCommand(const AggregateDef& aggregate,
                                                         bool internal) {
  auto def = std::make_unique<CommandDef>();
  def->type = Req::descriptor()->full_name();
  def->method = MethodOf(*Req::descriptor());
  def->request = &Req::default_instance();
  def->aggregate = &aggregate;
  if (internal != (def->method == nullptr)) {
    return absl::InvalidArgumentError(def->type + (internal
                                                       ? " has an RPC, but is declared internal"
                                                       : " is the request of no RPC of its file"));
  }
  if (!internal && def->method->output_type() != M::State::descriptor()) {
    return absl::InvalidArgumentError(def->method->full_name() + " does not return " +
                                      M::State::descriptor()->full_name());
  }
  absl::StatusOr<RequestShape> shape =
      ShapeOfRequest(*Req::descriptor(), *M::State::descriptor(), aggregate.pattern, internal);
  if (!shape.ok()) return shape.status();
  def->shape = *shape;
  def->decide = &CallDecide<M, Req, Fact>;
  return def;
}

// `project`: void (*)(const Change<M>&, Rows&).
template <class M>
View EraseView(void (*project)(const Change<M>&, Rows&)) {
  return [project](const ChangeInput& in, Rows& rows) {
    using State = typename M::State;
    project({static_cast<const State*>(in.before), static_cast<const State&>(in.after),
             static_cast<const typename M::Event&>(in.event), in.meta},
            rows);
  };
}

template <class E>
ForeignDef EraseForeign(void (*project)(const ForeignEvent<E>&, Rows&)) {
  return {TopicOfPackage(E::descriptor()->file()->package()), &E::default_instance(),
          [project](const Message& event, const EventMeta& meta, Rows& rows) {
            project(ForeignEvent<E>{static_cast<const E&>(event), meta}, rows);
          }};
}

template <class E>
ReactionDef EraseReaction(std::string name,
                          Commands (*react)(const ForeignEvent<E>&, const Snapshot&)) {
  return {std::move(name), TopicOfPackage(E::descriptor()->file()->package()),
          &E::default_instance(),
          [react](const Message& event, const EventMeta& meta, const Snapshot& snapshot) {
            return react(ForeignEvent<E>{static_cast<const E&>(event), meta}, snapshot);
          }};
}

// The method of a read, checked to return `response`.
template <class Req>
absl::StatusOr<const google::protobuf::MethodDescriptor*> ReadMethod(
    const google::protobuf::Descriptor& response) {
  const auto* method = MethodOf(*Req::descriptor());
  if (method == nullptr) {
    return absl::InvalidArgumentError(Req::descriptor()->full_name() +
                                      " is the request of no RPC of its file");
  }
  if (method->output_type() != &response) {
    return absl::InvalidArgumentError(method->full_name() + " does not return " +
                                      response.full_name());
  }
  return method;
}

template <class Req, class Resp>
absl::StatusOr<QueryDef> EraseQuery(absl::StatusOr<Resp> (*query)(const Req&, const Snapshot&,
                                                                  const Context&)) {
  auto method = ReadMethod<Req>(*Resp::descriptor());
  if (!method.ok()) return method.status();
  return QueryDef{*method,
                  [query](const Message& request, const Snapshot& snapshot,
                          const Context& context) -> absl::StatusOr<MessagePtr> {
                    absl::StatusOr<Resp> response =
                        query(static_cast<const Req&>(request), snapshot, context);
                    if (!response.ok()) return response.status();
                    return MessagePtr(std::make_unique<Resp>(*std::move(response)));
                  }};
}

// `first`: bool (*)(const Row&).
template <class Req, class Resp, class Row>
absl::StatusOr<WatchDef> EraseWatch(AggregateDef& aggregate, bool (*first)(const Row&)) {
  auto method = ReadMethod<Req>(*Resp::descriptor());
  if (!method.ok()) return method.status();
  absl::StatusOr<WatchDef> watch = ShapeOfWatch(**method, *Row::descriptor());
  if (!watch.ok()) return watch.status();
  // Rows of one parent have one key, so that their changes have one order.
  if (aggregate.pattern.variables().size() < 2)
    return absl::InvalidArgumentError((*method)->full_name() + " watches what has no parent");
  watch->table = aggregate.table;
  aggregate.watched_first = [first](const Message& row) {
    return first(static_cast<const Row&>(row));
  };
  return watch;
}

template <class Req>
AliasDef EraseAlias(const google::protobuf::MethodDescriptor& method,
                    absl::StatusOr<MessagePtr> (*command)(const Req&)) {
  return {&method,
          [command](const Message& request) { return command(static_cast<const Req&>(request)); }};
}

template <class Req>
BatchDef EraseBatch(const google::protobuf::MethodDescriptor& method,
                    std::vector<BatchItem> (*split)(const Req&, const Snapshot&)) {
  return {&method, [split](const Message& request, const Snapshot& snapshot) {
            return split(static_cast<const Req&>(request), snapshot);
          }};
}

}  // namespace crm::engine
