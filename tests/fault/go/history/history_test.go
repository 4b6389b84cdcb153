package history

import (
	"reflect"
	"strings"
	"testing"
)

const get = `{"op":"get","read":"plain","name":"customers/a","outcome":"ok","etag":"r4"}`

func TestReadsOperationsAndMarks(t *testing.T) {
	var h History
	n, err := h.Read(strings.NewReader(`
{"client":7,"op":"update","name":"customers/a","request_id":"q","value":"v","expected_etag":"r3",
 "call_ns":5,"return_ns":9,"outcome":"ok","etag":"r4","position":{"partition":2,"next":11},"sends":3}
{"mark":"kill-9 owner","target":"r1","partitions":[0,2],"at_ns":6}
{"op":"get","read":"after","name":"customers/a","token":{"2":11},"outcome":"refused","code":"NOT_FOUND"}`))
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	update := &Operation{Client: 7, Op: Update, Name: "customers/a", RequestID: "q", Value: "v",
		ExpectedEtag: "r3", CallNs: 5, ReturnNs: 9, Outcome: OK, Etag: "r4", Sends: 3,
		Position: &Position{2, 11}, Revision: 4, Expected: 3}
	if !reflect.DeepEqual(h.Operations[0], update) {
		t.Errorf("%+v", h.Operations[0])
	}
	if h.Operations[1].Token[2] != 11 {
		t.Errorf("%+v", h.Operations[1])
	}
	if want := []*Mark{{"kill-9 owner", "r1", "", []int32{0, 2}, 6}}; !reflect.DeepEqual(h.Marks, want) {
		t.Errorf("%+v", h.Marks[0])
	}
}

func TestRefusesWhatNoDriverMeant(t *testing.T) {
	for _, change := range [][2]string{
		{`"get"`, `"delete"`}, {`"plain"`, `"stale"`}, {`"ok"`, `"fine"`}, {`"r4"`, `"4"`},
		{`"r4"`, `"r0"`}, {`"r4"`, `"r04"`}, {`customers/a`, `customers`}, {`"plain"`, `"after"`},
		{`"plain"`, `"plain","token":{"0":1}`}, {`"plain"`, `"plain","clinet":1`},
		{`"get"`, `"update"`}, {`"ok"`, `"refused"`}, {`"plain"`, `"plain","call_ns":2,"return_ns":1`},
		{`"plain"`, `"plain","mark":"kill"`}, {`"plain"`, `"plain","expected_etag":"x"`},
		{`}`, ``},
	} {
		var h History
		text := strings.Replace(get, change[0], change[1], 1)
		if _, err := h.Read(strings.NewReader(text)); err == nil {
			t.Errorf("taken: %s", text)
		}
	}
	var h History
	if n, err := h.Read(strings.NewReader(get)); n != 1 || err != nil {
		t.Error(n, err)
	}
}
