// Watches of a running process: what they say, from where they go on, and when they end.
#include "libs/app/watches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crm/apptest/v1/note.pb.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/app/process.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/rpc/client.h"
#include "libs/rpc/client_stream.h"
#include "libs/testing/temp_directory.h"

namespace crm::app {
namespace {

namespace v1 = crm::apptest::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kSilence = absl::Milliseconds(300);

struct NoteModel {
  using State = v1::Note;
  using Event = v1::NoteEvent;

  static engine::Decision<NoteModel> Decide(const State&, const v1::WriteNoteRequest& write,
                                            const engine::Context&) {
    Event event;
    *event.mutable_written()->mutable_note() = write.note();
    return event;
  }
  static engine::Decision<NoteModel> Decide(const State&, const v1::ChangeNoteRequest& change,
                                            const engine::Context&) {
    Event event;
    event.mutable_changed()->set_text(change.text());
    event.mutable_changed()->set_done(change.done());
    return event;
  }
  static void Evolve(State& state, const Event& event) {
    if (event.has_written()) state = event.written().note();
    if (!event.has_changed()) return;
    state.set_text(event.changed().text());
    state.set_done(event.changed().done());
  }
};

constexpr table::TableSpec<v1::Note> kNotes{.name = "notes", .key = {"name"}};

bool IsOpen(const v1::Note& note) { return !note.done(); }

void Describe(Service& service) {
  service.Aggregate<NoteModel>(kNotes)
      .Command<v1::WriteNoteRequest>()
      .Command<v1::ChangeNoteRequest>();
  service.Watch<v1::WatchNotesRequest, v1::WatchNotesResponse>(kNotes, IsOpen);
}

const google::protobuf::MethodDescriptor& Method(int index) {
  return *v1::Note::descriptor()->file()->service(0)->method(index);
}

class WatchesTest : public ::testing::Test {
 protected:
  WatchesTest() { StartProcess(); }
  ~WatchesTest() override { StopProcess(); }

  void StartProcess() {
    const std::vector<std::string> flags = {"watches_test",
                                            "--data-dir",
                                            directory_.path(),
                                            "--listen-address",
                                            "127.0.0.1:0",
                                            "--admin-address",
                                            "",
                                            "--log",
                                            "embedded",
                                            "--partitions",
                                            "3",
                                            "--workers",
                                            "2"};
    std::vector<const char*> argv;
    for (const std::string& flag : flags) argv.push_back(flag.c_str());
    auto parsed = Settings::Parse(static_cast<int>(argv.size()), argv.data(), ServiceSettings());
    base::Check(parsed.ok(), parsed.status().ToString());
    auto started = Process::Start(parsed->settings, {{"test", "crm.apptest.v1", Describe}});
    base::Check(started.ok(), started.status().ToString());
    process_ = *std::move(started);
    const absl::Time latest = absl::Now() + kPatience;
    while (!process_->Ready() && absl::Now() < latest) std::this_thread::yield();
    process_->Refresh();
    target_ = absl::StrCat("127.0.0.1:", process_->port());
    channel_ = std::make_unique<rpc::Channel>(rpc::Channel::Options{.target = target_});
  }
  void StopProcess() {
    channel_.reset();
    if (process_ != nullptr) process_->Stop(absl::Seconds(20));
    process_.reset();
  }

  void Write(const std::string& box, const std::string& id, const std::string& text = "") {
    v1::WriteNoteRequest write;
    write.set_parent("boxes/" + box);
    write.set_note_id(id);
    write.mutable_note()->set_text(text);
    Send(0, write);
  }
  void Change(const std::string& box, const std::string& id, const std::string& text, bool done) {
    v1::ChangeNoteRequest change;
    change.set_name(absl::StrCat("boxes/", box, "/notes/", id));
    change.set_text(text);
    change.set_done(done);
    Send(1, change);
  }
  template <class Request>
  void Send(int method, Request& request) {
    request.set_request_id(absl::StrCat("r", ++requests_));
    v1::Note note;
    const absl::Status status = channel_->Call(Method(method), request, note);
    ASSERT_TRUE(status.ok()) << status;
  }

  // Reads one stream, and remembers where it is.
  struct Reader {
    Reader(const std::string& target, const std::string& parent, const std::string& token = "")
        : resume_token(token) {
      v1::WatchNotesRequest request;
      request.set_parent(parent);
      request.set_resume_token(token);
      stream = std::make_unique<rpc::IncomingStream>(target, rpc::PathOf(Method(2)),
                                                     request.SerializeAsString());
    }
    // "id text done", "-" when all was said, or nothing within the time.
    std::optional<std::string> Next(absl::Duration patience = kPatience) {
      const auto bytes = stream->Next(patience);
      if (!bytes.has_value()) return std::nullopt;
      v1::WatchNotesResponse response;
      base::Check(response.ParseFromString(*bytes), "a response");
      resume_token = response.resume_token();
      base::Check(resume_token.size() <= 256, "a token is short");
      if (!response.has_note()) return "-";
      note = response.note();
      return absl::StrCat(note.name().substr(note.name().rfind('/') + 1), " ", note.text(),
                          note.done() ? " done" : "");
    }
    std::vector<std::string> UntilAllIsSaid() {
      std::vector<std::string> said;
      for (auto next = Next(); next.has_value(); next = Next()) {
        if (*next == "-") return said;
        said.push_back(*std::move(next));
      }
      ADD_FAILURE() << "ended before all was said: " << stream->status();
      return said;
    }

    std::unique_ptr<rpc::IncomingStream> stream;
    std::string resume_token;
    v1::Note note;
  };
  Reader Watch(const std::string& box, const std::string& token = "") const {
    return Reader(target_, "boxes/" + box, token);
  }

  const crm::testing::TempDirectory directory_{"watches-test"};
  std::unique_ptr<Process> process_;
  std::string target_;
  std::unique_ptr<rpc::Channel> channel_;
  int requests_ = 0;
};

TEST_F(WatchesTest, SaysWhatItBeginsWithThenWhatChangesOfItsParentOnly) {
  Write("a", "one");
  Write("a", "two");
  Change("a", "two", "x", true);
  Write("a", "three");
  Write("b", "other");
  Reader reader = Watch("a");
  EXPECT_THAT(reader.UntilAllIsSaid(), ElementsAre("one ", "three "));
  EXPECT_EQ(reader.Next(kSilence), std::nullopt);
  Write("a", "four");
  EXPECT_EQ(reader.Next(), "four ");
  Change("a", "one", "y", true);
  EXPECT_EQ(reader.Next(), "one y done");
  Change("b", "other", "z", true);
  Change("a", "two", "again", true);
  EXPECT_EQ(reader.Next(), "two again done");
  EXPECT_EQ(reader.Next(kSilence), std::nullopt);
  EXPECT_FALSE(reader.stream->ended());
}

TEST_F(WatchesTest, GoesOnBehindItsTokenWithoutMissingOrRepeating) {
  Write("a", "one");
  Reader first = Watch("a");
  EXPECT_THAT(first.UntilAllIsSaid(), ElementsAre("one "));
  Change("a", "one", "x", true);
  EXPECT_EQ(first.Next(), "one x done");
  const std::string token = first.resume_token;
  first.stream->Cancel();
  Reader nothing_new = Watch("a", token);
  EXPECT_THAT(nothing_new.UntilAllIsSaid(), IsEmpty());
  Write("a", "two");
  Change("a", "one", "y", true);
  Change("a", "one", "z", true);
  Reader again = Watch("a", token);
  EXPECT_THAT(again.UntilAllIsSaid(), ElementsAre("two ", "one z done"));
}

TEST_F(WatchesTest, GoesOnInTheMiddleOfItsBeginning) {
  for (int i = 0; i < 5; ++i) Write("a", absl::StrCat("n", i));
  Reader first = Watch("a");
  EXPECT_EQ(first.Next(), "n0 ");
  EXPECT_EQ(first.Next(), "n1 ");
  const std::string token = first.resume_token;
  Change("a", "n3", "changed", true);
  Change("a", "n0", "changed", true);
  Reader again = Watch("a", token);
  EXPECT_THAT(again.UntilAllIsSaid(),
              ElementsAre("n2 ", "n4 ", "n3 changed done", "n0 changed done"));
}

TEST_F(WatchesTest, WaitsForTheEndOfItsBeginningWhereTheTokenWasGiven) {
  for (int i = 0; i < 3; ++i) Write("a", absl::StrCat("n", i));
  Reader first = Watch("a");
  EXPECT_EQ(first.Next(), "n0 ");
  engine::v1::WatchToken token;
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(first.resume_token, &bytes));
  ASSERT_TRUE(token.ParseFromString(bytes));
  ASSERT_LT(token.next_offset(), token.first_until_offset());
  // Of a replica that has applied two facts more than this one: one done by then, one not.
  token.set_first_until_offset(token.first_until_offset() + 2);
  Reader again = Watch("a", absl::WebSafeBase64Escape(token.SerializeAsString()));
  EXPECT_EQ(again.Next(kSilence), std::nullopt);
  EXPECT_FALSE(again.stream->ended());
  Change("a", "n1", "changed", true);
  Change("a", "n2", "changed", false);
  EXPECT_THAT(again.UntilAllIsSaid(), ElementsAre("n2 changed"));
}

TEST_F(WatchesTest, RefusesTokensAndParentsThatAreNone) {
  Write("a", "one");
  Reader reader = Watch("a");
  reader.UntilAllIsSaid();
  const auto refusal = [](Reader refused) {
    EXPECT_EQ(refused.Next(), std::nullopt);
    return base::FieldOf(refused.stream->status());
  };
  EXPECT_EQ(refusal(Watch("a", "no token")), "resume_token");
  EXPECT_EQ(refusal(Watch("b", reader.resume_token)), "resume_token");
  EXPECT_EQ(refusal(Reader(target_, "boxes/-")), "parent");
  EXPECT_EQ(refusal(Reader(target_, "boxes")), "parent");
  EXPECT_EQ(refusal(Reader(target_, "")), "parent");
  EXPECT_EQ(refusal(Watch("a", std::string(300, 'x'))), "resume_token");
}

TEST_F(WatchesTest, GoesOnAfterARestart) {
  Write("a", "one");
  Reader reader = Watch("a");
  EXPECT_THAT(reader.UntilAllIsSaid(), ElementsAre("one "));
  std::thread stop([&] { StopProcess(); });
  EXPECT_EQ(reader.Next(), std::nullopt);
  EXPECT_EQ(base::ReasonOf(reader.stream->status()), "SHUTTING_DOWN") << reader.stream->status();
  stop.join();
  StartProcess();
  Write("a", "two");
  Reader again = Watch("a", reader.resume_token);
  EXPECT_THAT(again.UntilAllIsSaid(), ElementsAre("two "));
}

TEST_F(WatchesTest, WhoLeavesIsForgotten) {
  Reader reader = Watch("a");
  reader.UntilAllIsSaid();
  Watches& watches = *process_->hosts().front()->watches();
  EXPECT_EQ(watches.size(), 1u);
  reader.stream->Cancel();
  const absl::Time latest = absl::Now() + kPatience;
  while (watches.size() > 0 && absl::Now() < latest) std::this_thread::yield();
  EXPECT_EQ(watches.size(), 0u);
}

// One that does not read is told what is so when it does, not all that was.
TEST_F(WatchesTest, ASlowReaderIsToldTheLastOfWhatChangedMeanwhile) {
  constexpr int kNotes = 20, kRounds = 30;
  Reader reader = Watch("a");
  reader.UntilAllIsSaid();
  for (int i = 0; i < kNotes; ++i) Write("a", absl::StrCat("n", i));
  const std::string long_text(50'000, 'x');
  for (int round = 1; round <= kRounds; ++round) {
    for (int i = 0; i < kNotes; ++i)
      Change("a", absl::StrCat("n", i), absl::StrCat(round, " ", long_text), false);
  }
  std::map<std::string, int> last;
  int said = 0;
  for (auto next = reader.Next(absl::Seconds(2)); next.has_value();
       next = reader.Next(absl::Seconds(2))) {
    ++said;
    const int round = std::atoi(reader.note.text().c_str());
    EXPECT_GE(round, last[reader.note.name()]);
    last[reader.note.name()] = round;
  }
  EXPECT_FALSE(reader.stream->ended()) << reader.stream->status();
  EXPECT_EQ(last.size(), static_cast<size_t>(kNotes));
  for (const auto& [name, round] : last) EXPECT_EQ(round, kRounds) << name;
  EXPECT_LT(said, kNotes * kRounds / 2);
}

// Readers that come and go see each last state once; nothing twice.
TEST_F(WatchesTest, ManyReadersThatComeAndGoMissNothingAndHearNothingTwice) {
  constexpr int kReaders = 8, kNotes = 10, kChanges = 300;
  for (int i = 0; i < kNotes; ++i) Write("a", absl::StrCat("n", i));
  std::vector<std::thread> readers;
  for (int r = 0; r < kReaders; ++r) {
    readers.emplace_back([&, r] {
      std::mt19937 random(r);
      std::map<std::string, std::string> etags;
      std::string token;
      int ended = 0;
      while (ended < kNotes) {
        Reader reader = Watch("a", token);
        for (int left = static_cast<int>(random() % 40); left > 0 && ended < kNotes; --left) {
          const auto next = reader.Next(absl::Milliseconds(500));
          if (!next.has_value()) break;
          token = reader.resume_token;
          if (*next == "-") continue;
          std::string& etag = etags[reader.note.name()];
          EXPECT_NE(etag, reader.note.etag()) << "said twice";
          etag = reader.note.etag();
          if (reader.note.text() == "end") ++ended;
        }
      }
      EXPECT_EQ(etags.size(), static_cast<size_t>(kNotes));
    });
  }
  for (int i = 0; i < kChanges; ++i)
    Change("a", absl::StrCat("n", i % kNotes), std::to_string(i), false);
  for (int i = 0; i < kNotes; ++i) Change("a", absl::StrCat("n", i), "end", false);
  for (std::thread& reader : readers) reader.join();
}

TEST(Watch, IsOfAnAggregateOfTheService) {
  Service service("test", "crm.apptest.v1");
  service.Watch<v1::WatchNotesRequest, v1::WatchNotesResponse>(kNotes, IsOpen);
  EXPECT_FALSE(service.status().ok());
}

}  // namespace
}  // namespace crm::app
