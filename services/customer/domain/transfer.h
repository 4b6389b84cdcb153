// Transfer: what one of us had to do with, on its way to others.
//
// PREVIEWING -> PREVIEWED when all items are listed; RUNNING -> DONE when each was moved or
// refused; UNDOING -> UNDONE; PREVIEWING, PREVIEWED and RUNNING -> CANCELLED. Each step is a fact,
// and the reaction to it asks for the next one (react/transfer_reactions.h). Pure: no I/O, no
// clock, no randomness.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/references.h"

namespace crm::customer {

inline constexpr int kTransferItemsMax = 50'000;
// Items that one event lists, and that are tried at once.
inline constexpr int kListedItemsMax = 1'000;
inline constexpr int kTriedItemsMax = 500;
inline constexpr int kTransferUndoDays = 30;
// How long nothing is looked at while items wait; and between two stretches of a look.
inline constexpr absl::Duration kTransferCheckPause = absl::Minutes(1);
inline constexpr absl::Duration kTransferStretchPause = absl::Seconds(1);
// Items that wait which one stretch looks at; it says something of kTriedItemsMax.
inline constexpr int kCheckedItemsMax = 2'000;
// After which nothing is expected any more of what was asked for and never heard of. No replica
// that serves is behind by as much.
inline constexpr absl::Duration kTransferAnswerMax = absl::Hours(24);
// All receivers with their scopes: one event carries them.
inline constexpr int64_t kReceiversBytesMax = 200'000;

// What making or starting a transfer rests on: other keys, which may be behind.
struct TransferFacts {
  RefusedReferences refused;        // Of receivers, by their place: "receivers[0].staff".
  v1::TransferItemsListed planned;  // All that it would move; without `last`: there is more.
};

// What a step rests on. Items are rows of the same key, so exact.
struct TransferStepFacts {
  std::map<int, v1::TransferItem> items;        // Those that the command speaks of, by number.
  int undo_days = kTransferUndoDays;            // By the customer policy, which may be behind.
  std::string policy_etag{};                    // Empty: there is none.
  std::vector<v1::TransferItemResult> found{};  // What became of items that waited.
  std::vector<int> ask_again{};                 // Items that can be asked for only now.
  int checked_through = 0;                      // How far the look has come; 0: it is over.
};

struct TransferModel {
  using State = v1::Transfer;
  using Event = v1::TransferEvent;
  using Due = v1::CheckTransferRequest;

  // kInvalidArgument. Refuses STAFF_UNKNOWN, STAFF_LEFT, TRANSFER_TOO_LARGE.
  static TransferFacts Gather(const v1::CreateTransferRequest&, const engine::Context&,
                              const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::CreateTransferRequest&,
                                                const engine::Context&,
                                                const TransferFacts& facts = {});
  // Refuses TRANSFER_NOT_PREVIEWED, TRANSFER_EMPTY, STAFF_UNKNOWN, STAFF_LEFT.
  static TransferFacts Gather(const v1::StartTransferRequest&, const engine::Context&,
                              const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::StartTransferRequest&,
                                                const engine::Context&,
                                                const TransferFacts& facts = {});
  // Refuses TRANSFER_NOT_DONE, TRANSFER_UNDO_OVER.
  static engine::Decision<TransferModel> Decide(const State&, const v1::UndoTransferRequest&,
                                                const engine::Context&);
  // Refuses TRANSFER_CLOSED.
  static TransferStepFacts Gather(const v1::CancelTransferRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::CancelTransferRequest&,
                                                const engine::Context&,
                                                const TransferStepFacts& facts = {});

  // Nothing when it is not PREVIEWING, or has gone on from there.
  static v1::TransferItemsListed Gather(const v1::RecordTransferItemsRequest&,
                                        const engine::Context&, const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::RecordTransferItemsRequest&,
                                                const engine::Context&,
                                                const v1::TransferItemsListed& listed);
  // Nothing when it does not run that way, or has gone on from there.
  static TransferStepFacts Gather(const v1::ContinueTransferRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::ContinueTransferRequest&,
                                                const engine::Context&,
                                                const TransferStepFacts& facts);
  // Nothing when what became of the item is known, it was not tried, or it goes the other way now.
  static TransferStepFacts Gather(const v1::SettleTransferItemRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::SettleTransferItemRequest&,
                                                const engine::Context&,
                                                const TransferStepFacts& facts);
  // Looks after items that wait: an answer may never come, as when a customer is erased meanwhile.
  static TransferStepFacts Gather(const v1::CheckTransferRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<TransferModel> Decide(const State&, const v1::CheckTransferRequest&,
                                                const engine::Context&,
                                                const TransferStepFacts& facts);

  // When it next looks after items that wait.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
