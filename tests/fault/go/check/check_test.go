package check

import (
	"os"
	"strings"
	"testing"
	"time"

	"crm/fault/history"
	"crm/fault/topic"
)

func TestAGoodWorldHasNoViolationAndLooksAtEverything(t *testing.T) {
	for _, c := range full().good(t) {
		if c.Checked == 0 {
			t.Errorf("%s looked at nothing", c.Name)
		}
	}
}

func TestTheLogsViolationsAreFound(t *testing.T) {
	for _, test := range []struct {
		rule  string
		spoil func(*topic.Topic)
		found string
	}{
		{"nothing accepted", func(t *topic.Topic) { t.Accepted, t.Events = 0, nil }, "log-accepted"},
		{"an offset twice", func(t *topic.Topic) { t.Disorders = []topic.Disorder{{}} }, "log-offsets"},
		{"a revision twice", func(t *topic.Topic) { t.Events[2].Revision = 1 }, "log-revisions"},
		{"a revision left out", func(t *topic.Topic) { t.Events[3].Revision = 4 }, "log-revisions"},
		{"not from 1", func(t *topic.Topic) { t.Events[1].Revision = 2 }, "log-revisions"},
		{"no revision", func(t *topic.Topic) { t.Events[3].Revision = -1 }, "log-revisions"},
		{"no subject", func(t *topic.Topic) { t.Events[3].Subject = "" }, "log-revisions"},
		{"a request twice", func(t *topic.Topic) { t.Events[3].RequestID = "a1" }, "log-requests"},
		{"a key of another name", func(t *topic.Topic) { t.Events[0].Key = "x" }, "log-keys"},
		{"a partition of another key", func(t *topic.Topic) { t.Events[0].Partition++ }, "log-keys"},
		{"a reaction twice", func(t *topic.Topic) {
			t.Events[0].Reaction, t.Events[2].Reaction = "OnX/y/1", "OnX/y/1"
		}, "log-requests"},
		{"a reaction that also passed", func(t *topic.Topic) {
			t.Events[0].Reaction = "OnX/y/1"
			t.Events = append(t.Events, &topic.Event{Subject: a, Reaction: "OnX/y/1", Passed: true})
		}, "log-requests"},
	} {
		w := full()
		test.spoil(w.topic)
		report, err := All([]*topic.Topic{w.topic}, nil, Options{Partitions: partitions})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range report {
			if (c.Violations > 0) != (c.Name == test.found) {
				t.Errorf("%s: %s has %d violations", test.rule, c.Name, c.Violations)
			}
		}
	}
}

func TestOneRequestIDOfTwoKeysIsTwoRequests(t *testing.T) {
	w := newWorld()
	w.wrote(a, "same")
	w.wrote(b, "same")
	w.good(t)
}

func TestALostWriteIsFound(t *testing.T) {
	w := newWorld()
	w.wrote(a, "a1")
	w.wrote(a, "a2")
	w.topic.Events = w.topic.Events[:1]
	w.bad(t, "writes-acknowledged")
}

func TestADoubledWriteIsFound(t *testing.T) {
	w := full()
	w.logged(b, "b1", "b1")
	w.bad(t, "log-requests", "writes-acknowledged")
}

func TestADoubledUnknownWriteIsFound(t *testing.T) {
	w := full()
	w.logged(a, "landed", "landed")
	w.bad(t, "log-requests", "writes-unknown")
}

func TestARefusedWriteInTheLogIsFound(t *testing.T) {
	w := newWorld()
	w.wrote(a, "a1")
	o := w.refused(history.Update, a, "r7", "ABORTED")
	w.logged(a, o.RequestID, "never")
	w.bad(t, "writes-refused")
}

func TestARefusalOfWhatNeverWasIsFound(t *testing.T) {
	w := full()
	w.refused(history.Create, "customers/never", "", "ALREADY_EXISTS").Read = ""
	w.bad(t, "writes-refused")
	w = full()
	w.refused(history.Update, b, "r1", "ABORTED").Read = "" // b has revision 1 and no other.
	w.bad(t, "writes-refused")
}

func TestAWriteAtAnotherRevisionThanAnsweredIsFound(t *testing.T) {
	w := newWorld()
	w.wrote(a, "a1")
	o := w.wrote(a, "a2")
	w.wrote(a, "a3")
	o.Etag, o.Revision = "r3", 3
	w.bad(t, "writes-acknowledged", "linearizable")
	// Said again, it may have been answered with the resource as it was by then; but not before.
	o.Sends = 2
	w.good(t)
	o.Etag, o.Revision = "r1", 1
	w.bad(t, "writes-acknowledged", "linearizable")
}

func TestAWriteOfAnotherTextOrNameIsFound(t *testing.T) {
	w := newWorld()
	w.wrote(a, "a1")
	w.topic.Events[0].Value = []byte("other")
	w.bad(t, "writes-acknowledged")
	w = newWorld()
	w.wrote(a, "a1")
	o := w.wrote("customers/a/orders/7", "o1")
	o.Name = "customers/a/orders/8"
	w.bad(t, "writes-acknowledged")
}

func TestAPositionThatDoesNotCoverTheWriteIsFound(t *testing.T) {
	w := newWorld()
	w.wrote(a, "a1").Position.Next--
	w.bad(t, "writes-acknowledged")
}

func TestAnEventNobodyAskedForIsFound(t *testing.T) {
	w := full()
	stranger := w.logged(a, "who", "who")
	w.bad(t, "writes-strangers")
	stranger.Actor = "service:customer"
	w.good(t)
	stranger.Actor, stranger.Reaction = "user:ann", "OnX/y/1"
	w.good(t)
}

func TestAGetBehindItsTokenOrPositionIsFound(t *testing.T) {
	w := full()
	w.read(history.After, a, 1, "a1").Token = map[int32]int64{w.partition(a): 4}
	w.bad(t, "reads-after")
	w = full()
	w.read(history.Plain, a, 1, "a1").Position = &history.Position{Partition: w.partition(a), Next: 4}
	w.bad(t, "reads-plain")
	w = full()
	// The offset of the event itself is not below the position.
	w.read(history.Plain, a, 1, "a1").Position = &history.Position{Partition: w.partition(a), Next: 3}
	w.good(t)
	w.read(history.Plain, a, 0, "").Position = &history.Position{Partition: w.partition(a), Next: 2}
	w.bad(t, "reads-plain")
}

func TestAGetOfWhatTheLogDoesNotHaveIsFound(t *testing.T) {
	w := full()
	w.read(history.Plain, a, 4, "a4")
	w.bad(t, "reads-plain")
	w = full()
	w.read(history.Plain, a, 2, "a1")
	w.bad(t, "reads-plain")
}

func TestASessionThatGoesBackIsFound(t *testing.T) {
	w := full()
	w.read(history.Barrier, b, 0, "")
	w.bad(t, "linearizable", "sessions")
	w = full()
	w.read(history.Barrier, a, 2, "a2").Client = 7 // Stale, but the client has not seen more.
	w.bad(t, "linearizable")
	w = full()
	last := w.h.Operations[len(w.h.Operations)-1]
	during := w.read(history.Barrier, a, 2, "a2")
	during.CallNs = last.ReturnNs // The later revision was still on its way: no order between them.
	w.good(t)
}

func TestAHistoryThatContradictsItselfIsAnError(t *testing.T) {
	w := full()
	w.did(*w.h.Operations[0])
	if _, err := All([]*topic.Topic{w.topic}, w.h, Options{Partitions: partitions}); err == nil {
		t.Error("two operations with one request_id were taken")
	}
	w = full()
	w.h.Operations[0].Topic = "sales"
	if _, err := All([]*topic.Topic{w.topic}, w.h, Options{Partitions: partitions}); err == nil {
		t.Error("a topic that was not given was taken")
	}
	w = full()
	other := &topic.Topic{Name: "sales", Accepted: 1}
	if _, err := All([]*topic.Topic{w.topic, other}, w.h, Options{Partitions: partitions}); err == nil {
		t.Error("an operation without topic was taken with two topics")
	}
}

func TestNothingCheckedIsAViolation(t *testing.T) {
	w := newWorld()
	w.logged(b, "b1", "b1")
	w.read(history.Plain, a, 0, "")
	w.bad(t, "writes-acknowledged", "linearizable")
	report := full().check(t, Options{Need: []string{"reads-plain", "reads-plian"}})
	if report.OK() || report[len(report)-1].Name != "reads-plian" || report[len(report)-2].Violations > 0 {
		t.Errorf("a check that does not exist is no violation:\n%s", print(report))
	}
}

func TestDetailsAreBounded(t *testing.T) {
	w := full()
	for i := 0; i < 50; i++ {
		w.topic.Disorders = append(w.topic.Disorders, topic.Disorder{})
	}
	text := print(w.check(t, Options{}))
	if strings.Count(text, "VIOLATION") != detailsMax || !strings.Contains(text, "and 30 more") ||
		!strings.Contains(text, "violations 50") {
		t.Error(text)
	}
}

func TestWhatIsNotLinearizableIsDrawn(t *testing.T) {
	w := full()
	w.read(history.Barrier, a, 1, "a1")
	folder := t.TempDir()
	w.check(t, Options{HTML: folder, Timeout: time.Second})
	if _, err := os.Stat(folder + "/customer_customers_a.html"); err != nil {
		t.Error(err)
	}
}
