package proxy

import (
	"encoding/binary"
	"io"
	"testing"
	"time"
)

// broker answers hand-made requests: the response to correlation id c is {size, c, "answer"}. It tells
// of each request it has got.
func broker(t *testing.T) (string, chan int32) {
	listener := listen(t)
	got := make(chan int32, 100)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for {
					begin, rest, err := readFrame(c, 8)
					if err != nil {
						return
					}
					io.CopyN(io.Discard, c, rest)
					correlation := begin[8:12]
					got <- int32(binary.BigEndian.Uint32(correlation))
					c.Write(append(append([]byte{0, 0, 0, 10}, correlation...), "answer"...))
				}
			}()
		}
	}()
	return listener.Addr().String(), got
}

func kafkaWorld(t *testing.T) (*world, chan int32) {
	w := &world{t, New(1), ""}
	t.Cleanup(w.proxy.Close)
	address, got := broker(t)
	w.address = w.link("r1-b1", address, true)
	return w, got
}

// request is a frame of this API key and correlation id, with so many bytes behind the header.
func request(apiKey int16, correlation int32, bytes int) string {
	frame := make([]byte, 12+bytes)
	binary.BigEndian.PutUint32(frame, uint32(8+bytes))
	binary.BigEndian.PutUint16(frame[4:], uint16(apiKey))
	binary.BigEndian.PutUint32(frame[8:], uint32(correlation))
	return string(frame)
}

func response(correlation int32) string {
	frame := []byte{0, 0, 0, 10, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(frame[4:], uint32(correlation))
	return string(frame) + "answer"
}

func key(k int16) *int16      { return &k }
func times(n int64) *int64    { return &n }
func odds(p float64) *float64 { return &p }

const (
	produce = 0
	fetch   = 1
)

func TestKafkaFramesGoThroughUnchanged(t *testing.T) {
	w, got := kafkaWorld(t)
	w.fault(Fault{Fault: dropResponse, APIKey: key(7)})
	c := w.dial()
	w.send(c, request(produce, 1, 100_000)+request(fetch, 2, 0)+request(18, 3, 5))
	w.receive(c, response(1)+response(2)+response(3))
	if len(got) != 3 {
		t.Error(len(got))
	}
	until(t, "all bytes are counted", func() bool { return w.stats().Up.Bytes == 100_041 })
}

func TestADelayedResponseIsOfItsKeyAndHoldsWhatFollows(t *testing.T) {
	w, _ := kafkaWorld(t)
	c := w.dial()
	w.fault(Fault{Fault: delayResponse, APIKey: key(produce), DelayMs: 3600_000})
	w.send(c, request(fetch, 1, 3))
	w.receive(c, response(1))
	w.fault(Fault{Fault: heal})
	w.fault(Fault{Fault: delayResponse, APIKey: key(produce), DelayMs: 150, Count: times(1)})
	begin := time.Now()
	w.send(c, request(produce, 2, 3)+request(fetch, 3, 3))
	w.receive(c, response(2)+response(3))
	if took := time.Since(begin); took < 150*time.Millisecond {
		t.Errorf("took %s", took)
	}
	if s := w.stats(); s.Kafka[delayResponse] != 1 {
		t.Errorf("%+v", s)
	}
}

func TestADroppedResponseEndsTheConnectionAfterTheBrokerHasIt(t *testing.T) {
	w, got := kafkaWorld(t)
	w.fault(Fault{Fault: dropResponse, APIKey: key(produce), Count: times(1)})
	c := w.dial()
	w.send(c, request(fetch, 1, 3)+request(produce, 2, 3))
	w.receive(c, response(1)) // What came before it is heard.
	w.isReset(c)
	if <-got != 1 || <-got != 2 {
		t.Error("the broker did not get it")
	}
	if s := w.stats(); s.Kafka[dropResponse] != 1 {
		t.Errorf("%+v", s)
	}
	c = w.dial() // Once only.
	w.send(c, request(produce, 3, 3))
	w.receive(c, response(3))
}

func TestADroppedRequestNeverReachesTheBroker(t *testing.T) {
	w, got := kafkaWorld(t)
	w.fault(Fault{Fault: dropRequest, APIKey: key(produce), Count: times(2)})
	c := w.dial()
	w.send(c, request(produce, 1, 9000)+request(fetch, 2, 3)+request(produce, 3, 0)+request(produce, 4, 3))
	w.receive(c, response(2)+response(4))
	if <-got != 2 || <-got != 4 || len(got) != 0 {
		t.Error("the broker got something else")
	}
	if s := w.stats(); s.Kafka[dropRequest] != 2 {
		t.Errorf("%+v", s)
	}
}

func TestProbabilityIsOfEachRequest(t *testing.T) {
	w, got := kafkaWorld(t)
	w.fault(Fault{Fault: dropRequest, APIKey: key(produce), Probability: odds(0.5)})
	c := w.dial()
	const sent = 200
	for i := int32(0); i < sent; i++ {
		w.send(c, request(produce, i, 0))
	}
	w.send(c, request(fetch, sent, 0))
	for last := int32(0); last != sent; {
		last = <-got
	}
	if fired := w.stats().Kafka[dropRequest]; fired < 60 || fired > 140 {
		t.Errorf("fired %d times", fired)
	}
}

func TestHealEndsKafkaFaultsAndKeepsTheirCount(t *testing.T) {
	w, _ := kafkaWorld(t)
	w.fault(Fault{Fault: delayResponse, APIKey: key(produce), DelayMs: 3600_000})
	c := w.dial()
	w.send(c, request(produce, 1, 0))
	until(t, "it is held", func() bool { return w.stats().Kafka[delayResponse] == 1 })
	w.fault(Fault{Fault: heal})
	w.receive(c, response(1))
	w.send(c, request(produce, 2, 0))
	w.receive(c, response(2))
	if s := w.stats(); s.Kafka[delayResponse] != 1 {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsNoFrameEndsTheConnection(t *testing.T) {
	for _, bad := range []string{"\xff\xff\xff\xff", "\x7f\xff\xff\xff", "\x00\x00\x00\x07"} {
		w, _ := kafkaWorld(t)
		c := w.dial()
		w.send(c, bad+"12345678")
		w.isReset(c)
	}
}

func TestRequestsWithoutResponsesAreForgottenAndBounded(t *testing.T) {
	c := calls{rules: newRules(1)}
	for i := int32(0); i < callsMax; i++ {
		if !c.remember(call{i, produce}) {
			t.Fatal(i)
		}
	}
	if c.remember(call{callsMax, fetch}) {
		t.Error("one more than the most")
	}
	if apiKey, known := c.answered(callsMax - 1); !known || apiKey != produce || len(c.open) != 0 {
		t.Error(apiKey, known, len(c.open))
	}
	if _, known := c.answered(5); known {
		t.Error("answered twice")
	}
}

func TestARuleNobodyEndsIsBounded(t *testing.T) {
	w, _ := kafkaWorld(t)
	for i := 0; i < rulesMax; i++ {
		w.fault(Fault{Fault: dropRequest, APIKey: key(99)})
	}
	if _, err := w.proxy.Apply(Fault{Links: "*", Fault: dropRequest, APIKey: key(99)}); err == nil {
		t.Error("one more than the most")
	}
}
