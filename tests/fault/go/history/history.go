// Package history is what a load driver wrote down: one JSON line for each operation and each mark.
// README.md of this module describes the lines.
package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Values of Operation.Op, Operation.Read and Operation.Outcome.
const (
	Create = "create"
	Update = "update"
	Get    = "get"

	Plain   = "plain"
	After   = "after"
	Barrier = "barrier"

	OK      = "ok"
	Refused = "refused"
	Unknown = "unknown"
)

// Position is a place in a partition: everything before Next is included.
type Position struct {
	Partition int32 `json:"partition"`
	Next      int64 `json:"next"`
}

// Operation is one call of a client, with all its retries. Times are of one monotonic clock.
type Operation struct {
	Client       int             `json:"client"`
	Op           string          `json:"op"`
	Topic        string          `json:"topic"`         // Empty: the only one.
	Read         string          `json:"read"`          // Of a get; of a write "" or "barrier".
	Name         string          `json:"name"`          // "customers/x"
	RequestID    string          `json:"request_id"`    // Of a write.
	Value        string          `json:"value"`         // Of a write: a text that no other write has.
	ExpectedEtag string          `json:"expected_etag"` // Of an update: "" or "r3".
	Token        map[int32]int64 `json:"token"`         // Of a read after a position: next offsets.
	CallNs       int64           `json:"call_ns"`       // Before the first send.
	ReturnNs     int64           `json:"return_ns"`     // After the definite answer.
	Outcome      string          `json:"outcome"`
	Code         string          `json:"code"`
	Reason       string          `json:"reason"`
	Etag         string          `json:"etag"` // Of an ok answer: "r4".
	SeenValue    string          `json:"seen_value"`
	Position     *Position       `json:"position"`
	Sends        int             `json:"sends"` // 0 and 1: said once.

	Revision int64 `json:"-"` // Of Etag.
	Expected int64 `json:"-"` // Of ExpectedEtag; 0: none.
}

// IsWrite is true for creates and updates.
func (o *Operation) IsWrite() bool { return o.Op != Get }

func (o *Operation) String() string {
	text := fmt.Sprintf("client %d %s %s", o.Client, o.Op, o.Name)
	if o.RequestID != "" {
		text += " request_id " + o.RequestID
	}
	if o.Read != "" {
		text += " (" + o.Read + ")"
	}
	return fmt.Sprintf("%s called at %d: %s %s%s", text, o.CallNs, o.Outcome, o.Etag, o.Code)
}

// Mark is a moment from which write gaps are measured: a fault was injected.
type Mark struct {
	Mark       string  `json:"mark"`       // The kind: marks of one kind are counted together.
	Target     string  `json:"target"`     // What it was done to.
	Topic      string  `json:"topic"`      // Empty: the only one.
	Partitions []int32 `json:"partitions"` // Empty: all that are written to.
	AtNs       int64   `json:"at_ns"`
}

// History is the operations and marks of one or more files.
type History struct {
	Operations []*Operation
	Marks      []*Mark
}

type line struct {
	Operation
	Mark       *string `json:"mark"`
	Target     string  `json:"target"`
	Partitions []int32 `json:"partitions"`
	AtNs       int64   `json:"at_ns"`
}

// Read adds the lines of one file and says how many operations it has. A line that a driver cannot
// have meant is an error: what is not understood would not be checked.
func (h *History) Read(from io.Reader) (int, error) {
	lines := json.NewDecoder(bufio.NewReaderSize(from, 1<<20))
	lines.DisallowUnknownFields()
	operations := 0
	for number := 1; ; number++ {
		var l line
		err := lines.Decode(&l)
		if errors.Is(err, io.EOF) {
			return operations, nil
		}
		if err == nil && l.Mark != nil {
			err = h.addMark(&l)
		} else if err == nil {
			operations++
			err = h.addOperation(&l)
		}
		if err != nil {
			return operations, fmt.Errorf("line %d: %w", number, err)
		}
	}
}

func (h *History) addMark(l *line) error {
	if *l.Mark == "" || l.Op != "" {
		return errors.New("a mark needs its kind, and is no operation")
	}
	h.Marks = append(h.Marks, &Mark{*l.Mark, l.Target, l.Topic, l.Partitions, l.AtNs})
	return nil
}

func (h *History) addOperation(l *line) error {
	operation := l.Operation
	if err := operation.complete(); err != nil {
		return err
	}
	h.Operations = append(h.Operations, &operation)
	return nil
}

func oneOf(what, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return fmt.Errorf("%s is %q, not one of %q", what, value, allowed)
}

func (o *Operation) complete() error {
	if err := oneOf("op", o.Op, Create, Update, Get); err != nil {
		return err
	}
	if err := oneOf("outcome", o.Outcome, OK, Refused, Unknown); err != nil {
		return err
	}
	if err := o.completeRead(); err != nil {
		return err
	}
	if strings.Count(o.Name, "/")%2 != 1 {
		return fmt.Errorf("name %q is no resource name", o.Name)
	}
	if o.Outcome != Unknown && o.ReturnNs < o.CallNs {
		return errors.New("return_ns is before call_ns")
	}
	if o.Outcome == Refused && o.Code == "" {
		return errors.New("a refusal needs its code")
	}
	var err error
	if o.ExpectedEtag != "" {
		if o.Expected, err = RevisionOf(o.ExpectedEtag); err != nil {
			return err
		}
	}
	if o.Outcome == OK {
		o.Revision, err = RevisionOf(o.Etag)
	}
	return err
}

func (o *Operation) completeRead() error {
	if o.IsWrite() {
		if o.RequestID == "" {
			return errors.New("a write needs its request_id")
		}
		return oneOf("read of a write", o.Read, "", Barrier)
	}
	if (o.Read == After) != (len(o.Token) > 0) {
		return errors.New("a read after a position, and no other, has a token")
	}
	return oneOf("read", o.Read, Plain, After, Barrier)
}

// RevisionOf is the revision of an etag: "r4" gives 4.
func RevisionOf(etag string) (int64, error) {
	revision, err := strconv.ParseInt(strings.TrimPrefix(etag, "r"), 10, 64)
	if err != nil || revision < 1 || etag != "r"+strconv.FormatInt(revision, 10) {
		return 0, fmt.Errorf("etag %q is not r and a revision", etag)
	}
	return revision, nil
}
