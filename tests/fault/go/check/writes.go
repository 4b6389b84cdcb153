package check

import (
	"bytes"
	"strings"

	"crm/fault/history"
	"crm/fault/topic"
)

// Writes checks that an acknowledged write is in the accepted log exactly once, a refused one never,
// an unknown one at most once, and that nobody else wrote to the names of the history.
func (x *index) checkWrites(h *history.History) Report {
	ok := &Check{Name: "writes-acknowledged"}
	refused := &Check{Name: "writes-refused"}
	unknown := &Check{Name: "writes-unknown"}
	landed := 0
	for _, o := range h.Operations {
		if !o.IsWrite() {
			continue
		}
		events := x.requests[x.requestOf(o)]
		switch o.Outcome {
		case history.OK:
			ok.Checked++
			x.checkAcknowledged(ok, o, events)
		case history.Refused:
			refused.Checked++
			if len(events) > 0 {
				refused.fail("%s: has an event, %s", o, events[0].Place())
			}
			if !x.explained(o) {
				refused.fail("%s: the log has no revision that explains it", o)
			}
		case history.Unknown:
			unknown.Checked++
			landed += len(events)
			if len(events) > 1 {
				unknown.fail("%s: has %d events", o, len(events))
			}
			for _, e := range events {
				checkContent(unknown, o, e)
			}
		}
	}
	unknown.note("%d of them took effect", landed)
	return Report{ok, refused, unknown, x.checkStrangers(h)}
}

// explained is true when some revision of the log, not below the position of the answer, is one to
// refuse the write at. A refusal may be behind; it may not speak of what never was.
func (x *index) explained(o *history.Operation) bool {
	name, least := x.resourceOf(o), int64(0)
	if p := o.Position; p != nil && p.Partition == x.partitionOf(o) {
		least = x.revisionBelow(name, p.Next)
	}
	for revision := least; revision <= x.finalRevision(name); revision++ {
		if refusable(register{revision: revision}, step{Operation: o}) {
			return true
		}
	}
	return false
}

func (x *index) checkAcknowledged(c *Check, o *history.Operation, events []*topic.Event) {
	if len(events) != 1 {
		c.fail("%s: has %d events, not 1", o, len(events))
		return
	}
	e := events[0]
	checkContent(c, o, e)
	// Who said it again may have got the resource as it was by then.
	if e.Revision > o.Revision || (e.Revision < o.Revision && o.Sends <= 1) {
		c.fail("%s: its event has revision %d, %s", o, e.Revision, e.Place())
	}
	if o.Op == history.Create && e.Revision != 1 {
		c.fail("%s: a create made revision %d, %s", o, e.Revision, e.Place())
	}
	p := o.Position
	if p != nil && p.Partition == e.Partition && p.Next <= e.Offset {
		c.fail("%s: the position in the answer, %d, does not cover its event, %s", o, p.Next, e.Place())
	}
}

// checkContent sees that the event is of the name and text that the request said. The text lies in
// the event as it was said, so that the message need not be understood.
func checkContent(c *Check, o *history.Operation, e *topic.Event) {
	if e.Subject != o.Name {
		c.fail("%s: its event is of %s, %s", o, e.Subject, e.Place())
	}
	if !bytes.Contains(e.Value, []byte(o.Value)) {
		c.fail("%s: its event does not hold %q, %s", o, o.Value, e.Place())
	}
}

// checkStrangers finds events of the history's names that nobody asked for. Reactions and timers of
// the services themselves may write.
func (x *index) checkStrangers(h *history.History) *Check {
	c := &Check{Name: "writes-strangers"}
	seen := map[resource]bool{}
	for _, o := range h.Operations {
		name := x.resourceOf(o)
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, e := range x.names[name] {
			c.Checked++
			own := e.Reaction != "" || strings.HasPrefix(e.Actor, "service:")
			if !own && x.writes[request{name.topic, topic.KeyOf(name.name), e.RequestID}] == nil {
				c.fail("%s revision %d: no operation said request_id %s, %s", e.Subject, e.Revision,
					e.RequestID, e.Place())
			}
		}
	}
	return c
}
