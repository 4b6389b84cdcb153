package check

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/anishathalye/porcupine"

	"crm/fault/history"
	"crm/fault/topic"
)

// step is one operation as the model takes it.
type step struct {
	*history.Operation       // nil: an event that no operation of the history made.
	logged             int64 // Revision of its accepted event; 0: none.
}

// register is the state of one name.
type register struct {
	revision int64 // 0: does not exist.
	value    string
	known    bool // Whether value is; it is not after an event of somebody else.
}

var model = porcupine.Model{
	Init: func() any { return register{} },
	Step: func(state, input, _ any) (bool, any) { return take(state.(register), input.(step)) },
	DescribeOperation: func(input, _ any) string {
		if s := input.(step); s.Operation != nil {
			return s.String()
		}
		return "an event of somebody else"
	},
}

// take says whether the operation can come next, and what is then.
func take(now register, s step) (bool, register) {
	switch {
	case s.Operation == nil:
		return s.logged == now.revision+1, register{revision: s.logged}
	case s.IsWrite() && s.Outcome == history.Refused:
		return refusable(now, s), now
	case s.IsWrite():
		return write(now, s)
	case s.Outcome == history.Refused:
		return now.revision == 0, now
	}
	same := !now.known || now.value == s.SeenValue
	return now.revision == s.Revision && same, now
}

func refusable(now register, s step) bool {
	switch s.Code {
	case "ALREADY_EXISTS":
		return now.revision > 0
	case notFound:
		return now.revision == 0
	case "ABORTED":
		return now.revision > 0 && s.Expected != 0 && s.Expected != now.revision
	}
	return true // Says nothing of the state.
}

func write(now register, s step) (bool, register) {
	then := register{now.revision + 1, s.Value, true}
	fits := now.revision > 0 && (s.Expected == 0 || s.Expected == now.revision)
	if s.Op == history.Create {
		fits = now.revision == 0
	}
	if s.logged != 0 && s.logged != then.revision {
		fits = false
	}
	if s.Outcome == history.OK {
		// Who said it again may have got the resource as it was by then.
		fits = fits && (s.Revision == then.revision || (s.Sends > 1 && s.Revision > then.revision))
		if s.Revision == then.revision && s.SeenValue != "" && s.SeenValue != s.Value {
			fits = false
		}
	}
	return fits, then
}

// operationsOf is what porcupine gets for each name. The log says which of the unknown writes took
// effect, and at which revision: without that the search would try every subset of them in every
// order. Such a write has an open end. Refusals are reads that may be behind, but for those that were
// asked for with a barrier; with `refusals` all count.
func (x *index) operationsOf(h *history.History, refusals bool) (map[resource][]porcupine.Operation, int) {
	found := map[resource][]porcupine.Operation{}
	loose := 0
	for _, o := range h.Operations {
		s := step{Operation: o}
		end := o.ReturnNs
		if o.IsWrite() {
			if e := x.eventOf(o); e != nil {
				s.logged = e.Revision
			}
		}
		switch {
		case o.Outcome == history.Unknown && s.logged == 0:
			continue
		case o.Outcome == history.Unknown:
			end = math.MaxInt64
		case o.IsWrite() && o.Outcome == history.OK:
		case o.IsWrite() && o.Read != history.Barrier && !refusals:
			loose++
			continue
		case o.IsWrite():
		default:
			if _, shows := answered(o); !shows || o.Read != history.Barrier {
				continue
			}
		}
		name := x.resourceOf(o)
		found[name] = append(found[name], porcupine.Operation{ClientId: o.Client, Input: s,
			Call: o.CallNs, Return: end})
	}
	x.addStrangers(found)
	return found, loose
}

// addStrangers adds events that are no operation of the history: some time, at their revision.
func (x *index) addStrangers(found map[resource][]porcupine.Operation) {
	for name := range found {
		for _, e := range x.names[name] {
			id := request{name.topic, topic.KeyOf(name.name), e.RequestID}
			if e.Reaction == "" && x.writes[id] != nil {
				continue
			}
			found[name] = append(found[name], porcupine.Operation{Input: step{logged: e.Revision},
				Call: math.MinInt64, Return: math.MaxInt64})
		}
	}
}

// checkLinear gives each name to porcupine. A verdict of Unknown, which is a time-out, is a failure.
func (x *index) checkLinear(h *history.History, options Options) *Check {
	c := &Check{Name: "linearizable"}
	found, loose := x.operationsOf(h, options.Refusals)
	names := make([]resource, 0, len(found))
	for name, operations := range found {
		names = append(names, name)
		c.Checked += len(operations)
	}
	c.note("%d names; %d refusals without a barrier are not judged", len(names), loose)
	sort.Slice(names, func(i, j int) bool { return names[i].name < names[j].name })
	verdicts := make([]porcupine.CheckResult, len(names))
	each(len(names), func(i int) {
		verdicts[i] = porcupine.CheckOperationsTimeout(model, found[names[i]], options.Timeout)
	})
	for i, name := range names {
		switch verdicts[i] {
		case porcupine.Illegal:
			c.fail("%s: its %d operations are not linearizable%s", name.name, len(found[name]),
				draw(name, found[name], options))
		case porcupine.Unknown:
			c.fail("%s: no verdict on its %d operations within %s", name.name, len(found[name]), options.Timeout)
		}
	}
	return c
}

// each calls work(0) to work(count-1), on all processors.
func each(count int, work func(int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				work(i)
			}
		}()
	}
	for i := 0; i < count; i++ {
		next <- i
	}
	close(next)
	workers.Wait()
}

func draw(name resource, operations []porcupine.Operation, options Options) string {
	if options.HTML == "" {
		return ""
	}
	path := filepath.Join(options.HTML, strings.ReplaceAll(name.topic+"/"+name.name, "/", "_")+".html")
	file, err := os.Create(path)
	if err == nil {
		defer file.Close()
		_, info := porcupine.CheckOperationsVerbose(model, operations, options.Timeout)
		err = porcupine.Visualize(model, info, file)
	}
	if err != nil {
		return ", not drawn: " + err.Error()
	}
	return ", drawn in " + path
}
