package topic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func number(n int64) string { return fmt.Sprintf("%020d", n) }

func record(offset int64, headers ...string) Record {
	r := Record{Offset: Int64(offset), Key: []byte("c1")}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Headers = append(r.Headers, Header{headers[i], []byte(headers[i+1])})
	}
	return r
}

func claim(offset, epoch int64) Record {
	return record(offset, "ce_type", claimType, "ce_fence", number(epoch))
}

func event(offset, fence, revision int64, request string) Record {
	return record(offset, "ce_type", "crm.customer.v1.CustomerCreated", "ce_fence", number(fence),
		"ce_revision", number(revision), "ce_subject", "customers/c1", "ce_requestid", request,
		"ce_id", fmt.Sprintf("e-%d", offset))
}

func fold(t *testing.T, records ...Record) *Topic {
	t.Helper()
	var file bytes.Buffer
	writer := NewWriter(&file)
	for _, r := range records {
		if err := writer.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
	topic, err := Read("t", &file)
	if err != nil {
		t.Fatal(err)
	}
	return topic
}

func requests(topic *Topic) string {
	var ids []string
	for _, e := range topic.Events {
		ids = append(ids, e.RequestID)
	}
	return strings.Join(ids, " ")
}

func TestMurmur2GoldenVectors(t *testing.T) {
	// Values of org.apache.kafka.common.utils.UtilsTest#testMurmur2.
	for key, want := range map[string]int32{"21": -973932308, "foobar": -790332482,
		"a-little-bit-long-string": -985981536, "a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971, "abc": 479470107} {
		if got := int32(javaMurmur2([]byte(key))); got != want {
			t.Errorf("%s: %d, not %d", key, got, want)
		}
	}
	if got, want := PartitionOf("21", 12), int32((-973932308&0x7fffffff)%12); got != want {
		t.Errorf("PartitionOf: %d, not %d", got, want)
	}
}

func TestKeyOf(t *testing.T) {
	for name, want := range map[string]string{"customers/c1/orders/o7": "c1", "customers/c1": "c1",
		"customers": "", "": ""} {
		if got := KeyOf(name); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}

func TestParseNumberTakesExactlyTwentyDigits(t *testing.T) {
	for text, want := range map[string]int64{number(7): 7, number(0): 0, "7": -1, "": -1,
		"0000000000000000000x": -1, "-0000000000000000001": -1, "+0000000000000000001": -1,
		"09223372036854775807": 9223372036854775807, "09223372036854775808": -1,
		"000000000000000000001": -1} {
		if got := ParseNumber(text); got != want {
			t.Errorf("%q: %d, not %d", text, got, want)
		}
	}
}

func TestOnlyTheFenceOfTheHighestClaimCounts(t *testing.T) {
	topic := fold(t,
		event(0, 1, 1, "before-any-claim"),
		claim(1, 1), event(2, 1, 1, "a"),
		claim(3, 3), event(4, 1, 2, "stale"), event(5, 3, 2, "b"),
		claim(6, 3), claim(7, 2), event(8, 2, 3, "of-a-lost-claim"), event(9, 4, 3, "unclaimed"),
		event(10, 3, 3, "c"), record(11, "ce_type", claimType, "ce_fence", "4"),
		record(12, "ce_type", "x", "ce_revision", number(4)))
	if got := requests(topic); got != "a b c" {
		t.Errorf("accepted %q", got)
	}
	if topic.Records != 13 || topic.Claims != 2 || topic.Accepted != 3 || topic.Rejected != 8 {
		t.Errorf("%+v", topic)
	}
}

func TestAFactThatComesTwiceCountsOnce(t *testing.T) {
	again := event(2, 1, 2, "b")
	again.Offset = 3
	late := event(1, 1, 1, "a")
	late.Offset = 4
	unnumbered := event(6, 1, 4, "d")
	unnumbered.Headers[len(unnumbered.Headers)-1] = Header{"ce_id", []byte("7")}
	passed := record(7, "ce_type", passedType, "ce_fence", number(1), "ce_id", "e-2")
	topic := fold(t, claim(0, 1), event(1, 1, 1, "a"), event(2, 1, 2, "b"), again, late,
		event(5, 1, 3, "c"), unnumbered, passed, claim(8, 2), event(1, 2, 5, "e"))
	if topic.Rejected != 3 {
		t.Errorf("%+v", topic)
	}
	if got := requests(topic); got != "a b c d e" {
		t.Errorf("accepted %q", got)
	}
}

func TestNumberOfTakesTheDigitsAtTheEnd(t *testing.T) {
	for id, want := range map[string]int64{"a-1": 1, "a-b-20": 20, "-7": 7, "a-007": 7, "": -1, "1": -1,
		"a-": -1, "a-x": -1, "a-+1": -1, "a-1 ": -1, "a-999999999999999999": 999999999999999999,
		"a-1000000000000000000": -1} {
		if got := NumberOf(id); got != want {
			t.Errorf("%q: %d, not %d", id, got, want)
		}
	}
}

func TestAFenceOfZeroNeverCounts(t *testing.T) {
	if topic := fold(t, claim(0, 0), event(1, 0, 1, "a")); topic.Rejected != 2 {
		t.Errorf("%+v", topic)
	}
}

func TestTheFirstOfTwoHeadersDecides(t *testing.T) {
	twice := event(1, 1, 1, "a")
	twice.Headers = append(twice.Headers, Header{"ce_fence", []byte(number(9))})
	if topic := fold(t, claim(0, 1), twice); topic.Accepted != 1 {
		t.Errorf("%+v", topic)
	}
}

func TestPartitionsHaveFencesOfTheirOwn(t *testing.T) {
	other := event(0, 1, 1, "a")
	other.Partition = 1
	if topic := fold(t, claim(0, 1), other); topic.Accepted != 0 {
		t.Errorf("%+v", topic)
	}
}

func TestADescendingOffsetIsFound(t *testing.T) {
	topic := fold(t, claim(0, 1), event(2, 1, 1, "a"), event(2, 1, 2, "b"), event(1, 1, 3, "c"))
	want := []Disorder{{0, 2, 2}, {0, 2, 1}}
	if !reflect.DeepEqual(topic.Disorders, want) {
		t.Errorf("%v", topic.Disorders)
	}
}

func TestWhatTheLogSaysMayBeSkippedIsNoEvent(t *testing.T) {
	poison := event(1, 1, 1, "poison")
	poison.Value = []byte("\xff\xff")
	sum := sha256.Sum256(poison.Value)
	hash := hex.EncodeToString(sum[:])
	inner := append([]byte{0x08, 0x01, 0x12, byte(len(hash))}, hash...)
	word := record(2, "ce_type", skippedType, "ce_fence", number(1))
	word.Value = append([]byte{0x1a, byte(len(inner))}, inner...)
	stale := word
	stale.Headers = []Header{{"ce_type", []byte(skippedType)}, {"ce_fence", []byte(number(2))}}
	after := poison
	after.Offset = 3
	after.Headers = append([]Header{{"ce_id", []byte("e-3")}}, after.Headers...)
	if topic := fold(t, claim(0, 1), poison, word); topic.Skipped != 1 || len(topic.Events) != 0 {
		t.Errorf("%+v", topic)
	}
	if topic := fold(t, claim(0, 1), poison, stale); topic.Skipped != 0 || len(topic.Events) != 1 {
		t.Errorf("a rejected word counted: %+v", topic)
	}
	if topic := fold(t, claim(0, 1), poison, word, after); len(topic.Events) != 1 {
		t.Errorf("a later record was skipped: %+v", topic)
	}
}

func TestDamagedMessagesHaveNoField(t *testing.T) {
	for _, message := range []string{"\x1a", "\x1a\x05a", "\x80", "\x19\x00", "\x08"} {
		if got := field([]byte(message), 3); got != nil {
			t.Errorf("%x: %x", message, got)
		}
	}
}

func TestALineIsTheProtobufMapping(t *testing.T) {
	var file bytes.Buffer
	writer := NewWriter(&file)
	if err := writer.Write(Record{Partition: 3, Offset: 12, Value: []byte{0xfb, 0xff},
		Headers: []Header{{"ce_type", []byte("a<b")}, {"empty", nil}}}); err != nil {
		t.Fatal(err)
	}
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
	want := `{"partition":3,"offset":"12","key":"","value":"+/8=","headers":` +
		`[{"name":"ce_type","value":"YTxi"},{"name":"empty","value":""}]}` + "\n"
	if file.String() != want {
		t.Errorf("wrote %s", file.String())
	}
}

func TestMissingFieldsHaveTheirDefault(t *testing.T) {
	var got []Record
	each := func(r *Record) { got = append(got, *r) }
	if err := ReadRecords(strings.NewReader(`{"value":"YQ=="}`+"\n"+`{"offset":7}`), each); err != nil {
		t.Fatal(err)
	}
	if want := []Record{{Value: []byte("a")}, {Offset: 7}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	for _, damaged := range []string{`{"ofset":"1"}`, `{"offset":"x"}`, `{"value":"Y"}`, `{"offset":"1"`} {
		if ReadRecords(strings.NewReader(damaged), each) == nil {
			t.Errorf("taken: %s", damaged)
		}
	}
}
