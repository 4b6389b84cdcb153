// Who may own what: the pool that a customer belongs to, the limits of a book, and what a customer
// has to know before it changes hands.
//
// Limits are configuration on other keys and may be behind. Where one binds an owner, the customer
// does not decide: the owner's book does (owner_slot.h), which sees all its slots exactly.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/owner_book.pb.h"
#include "crm/customer/v1/owner_term.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What a decision that gives or takes an owner rests on.
struct OwnerFacts {
  absl::Status refused;             // Of who is wanted: STAFF_UNKNOWN, STAFF_LEFT.
  bool asks_book = false;           // A capacity binds them.
  std::string pool;                 // In whose scope the customer is; empty: in none's.
  bool pool_takes_unowned = false;  // That takes what nobody looks after.
};

// What a pick rests on.
struct PickFacts {
  std::optional<v1::Pool> pool;              // The one that the customer is in.
  absl::Status refused;                      // Of the picker: STAFF_UNKNOWN, STAFF_LEFT.
  std::optional<v1::Staff> picker;           // Unset: not recorded.
  std::optional<absl::CivilDay> given_up{};  // When the picker last stopped to look after it.
};

// What a look at an owned customer rests on.
struct RecycleFacts {
  std::optional<v1::Pool> pool;            // The one that was swept, when the customer is its.
  std::optional<absl::Time> owned_since;   // Unset: nobody owns it.
  std::optional<absl::Time> last_touched;  // By the owner, under any of its names; unset: never.
};

// Whether a customer belongs to the scope.
bool InScope(const v1::Customer& customer, const v1::PoolScope& scope);
// The pool that it belongs to: the lowest rank, then by name. Cost: a row for each pool.
std::optional<v1::Pool> PoolOf(const v1::Customer& customer, const engine::Snapshot& snapshot);

// What binds one of us; 0: nothing does. `owner` is an id of staff.
v1::OwnerLimits LimitsOf(const std::string& owner, const std::optional<v1::Pool>& pool,
                         const std::optional<v1::Staff>& staff);

// Facts for giving `customer` (its scope fields as they are to be) to `owner`; empty: to nobody.
OwnerFacts LookUpOwner(const v1::Customer& customer, const std::string& owner,
                       const engine::Context& context, const engine::Snapshot& snapshot);

// Whether the term held at `as_of` by what had been recorded at `known_at`.
bool HeldAt(const v1::OwnerTerm& term, absl::Time as_of, absl::Time known_at);

// "ownerBooks/{owner}", and the slot in it that is asked for because of `cause`: the same for ever.
std::string BookOf(std::string_view owner);
std::string SlotOf(std::string_view owner, std::initializer_list<std::string_view> cause);

// Who is to come to a customer by an event; nullptr: nobody has to be asked.
const v1::PendingOwner* RequestOf(const v1::CustomerEvent& event);

// The rule by which a customer goes back into its pool today; nullptr: it stays. `today` is the
// business date; times have their days in `zone`.
const v1::RecycleRule* RuleFor(const v1::Customer& customer, const RecycleFacts& facts,
                               absl::CivilDay today, absl::TimeZone zone);
// What it rests on, for a customer of that pool; nothing for one of another.
RecycleFacts LookUpRecycling(const v1::Customer& customer, const std::string& pool,
                             const engine::Snapshot& snapshot);

// What an owner, or their loss, does to a customer; `transfer`: by which they came, or empty.
void FoldOwner(const std::string& owner, const std::string& owner_slot, const std::string& transfer,
               v1::Customer& state);
void FoldUnowned(const std::string& pool, const google::protobuf::Timestamp& pool_time,
                 v1::Customer& state);
void FoldUpdatedOwner(const v1::CustomerUpdated& updated, v1::Customer& state);
void FoldRefusal(const v1::CustomerOwnerRefused& refused, v1::Customer& state);
// The state that owner, pool and request make together; none while it is merged. A slot in the book
// of somebody else is left behind.
void FoldOwnershipState(v1::Customer& state);

}  // namespace crm::customer
