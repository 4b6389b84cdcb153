package check

import (
	"sort"

	"crm/fault/history"
)

const notFound = "NOT_FOUND"

// answered is the revision that a definite answer about a name shows, 0 for NOT_FOUND; false when it
// shows none.
func answered(o *history.Operation) (int64, bool) {
	if o.Outcome == history.OK {
		return o.Revision, true
	}
	return 0, o.Outcome == history.Refused && o.Code == notFound
}

// checkReads: no get is older than the token it was asked with, nor than the position that its
// answer states, and none shows what the log does not have.
func (x *index) checkReads(h *history.History) Report {
	checks := map[string]*Check{history.Plain: {Name: "reads-plain"},
		history.After: {Name: "reads-after"}, history.Barrier: {Name: "reads-barrier"}}
	for _, o := range h.Operations {
		seen, shows := answered(o)
		if o.IsWrite() || !shows {
			continue
		}
		c := checks[o.Read]
		c.Checked++
		x.checkRead(c, o, seen)
	}
	return Report{checks[history.Plain], checks[history.After], checks[history.Barrier]}
}

func (x *index) checkRead(c *Check, o *history.Operation, seen int64) {
	name, partition := x.resourceOf(o), x.partitionOf(o)
	if next, said := o.Token[partition]; said {
		if least := x.revisionBelow(name, next); seen < least {
			c.fail("%s: older than its token %d: the log has revision %d there", o, next, least)
		}
	}
	if p := o.Position; p != nil && p.Partition == partition {
		if least := x.revisionBelow(name, p.Next); seen < least {
			c.fail("%s: older than its own position %d: the log has revision %d there", o, p.Next, least)
		}
	}
	if last := x.finalRevision(name); seen > last {
		c.fail("%s: the log has no such revision, only %d", o, last)
	}
	if write := x.writeAt(name, seen); write != nil && write.Value != o.SeenValue {
		c.fail("%s: shows %q, but revision %d was written as %q", o, o.SeenValue, seen, write.Value)
	}
}

// checkSessions: what one client saw of one name, by barrier reads and its own acknowledged writes,
// never goes backwards. Only answers that were there before a call bind it.
func (x *index) checkSessions(h *history.History) *Check {
	c := &Check{Name: "sessions"}
	type session struct {
		client int
		name   resource
	}
	sessions := map[session][]*history.Operation{}
	for _, o := range h.Operations {
		_, shows := answered(o)
		if shows && (o.Read == history.Barrier || (o.IsWrite() && o.Outcome == history.OK)) {
			s := session{o.Client, x.resourceOf(o)}
			sessions[s] = append(sessions[s], o)
		}
	}
	for _, operations := range sessions {
		c.Checked += len(operations)
		checkSession(c, operations)
	}
	return c
}

func checkSession(c *Check, operations []*history.Operation) {
	returned := append([]*history.Operation(nil), operations...)
	sort.SliceStable(returned, func(i, j int) bool { return returned[i].ReturnNs < returned[j].ReturnNs })
	sort.SliceStable(operations, func(i, j int) bool { return operations[i].CallNs < operations[j].CallNs })
	var highest *history.Operation
	for _, o := range operations {
		for ; len(returned) > 0 && returned[0].ReturnNs < o.CallNs; returned = returned[1:] {
			if seen, _ := answered(returned[0]); highest == nil || seen > highest.Revision {
				highest = returned[0]
			}
		}
		if seen, _ := answered(o); highest != nil && seen < highest.Revision {
			c.fail("%s: went back behind: %s", o, highest)
		}
	}
}
