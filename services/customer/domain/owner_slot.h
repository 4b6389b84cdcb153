// OwnerSlot: room for one customer in the book of one of us, asked for, given, given back.
//
// All slots of a book have its key, and the book is a view of them on the same key, so that whoever
// decides sees it exactly: no two of them take the last place. Customers that came to their owner
// when nothing bound them have no slot; they are counted from the local table, which may be behind.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "crm/customer/v1/owner_book.pb.h"
#include "crm/customer/v1/ownership_internal.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What a book goes by.
struct BookFacts {
  std::optional<v1::OwnerBook> book;  // Nothing: no slot was ever given.
  std::optional<v1::Pool> pool;       // Whose limits hold.
  std::optional<v1::Staff> staff;     // Whose book it is; on the same key.
  bool has_left = false;              // They have.
  int unslotted = 0;                  // Customers without a slot; no more than make a book full.
  int pool_unslotted = 0;             // Of them, of the pool.
  bool too_many_unslotted = false;    // More than are looked at: as good as full.
};

// Customers without a slot that a book looks at before it gives one.
inline constexpr int kUnslottedMax = 10'000;

struct OwnerSlotModel {
  using State = v1::OwnerSlot;
  using Event = v1::OwnerSlotEvent;

  // Gives room, or says in an event why not: whoever asked waits for either.
  static BookFacts Gather(const v1::ReserveSlotRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static engine::Decision<OwnerSlotModel> Decide(const State&, const v1::ReserveSlotRequest&,
                                                 const engine::Context&, const BookFacts& facts);
  // Nothing unless it is held.
  static engine::Decision<OwnerSlotModel> Decide(const State&, const v1::FreeSlotRequest&,
                                                 const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
