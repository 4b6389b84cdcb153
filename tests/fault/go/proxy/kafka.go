package proxy

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand"
	"net"
	"sync"
	"time"
)

const (
	frameBytesMax = 100 << 20 // As brokers have it (socket.request.max.bytes).
	callsMax      = 10_000    // Requests of a connection without a response yet.
	rulesMax      = 100       // Of a link.
)

// Faults of Kafka links, each for one API key.
const (
	delayResponse = "delay_response" // It and what comes after it on its connection.
	dropResponse  = "drop_response"  // The broker has done it; the connection ends before the client hears.
	dropRequest   = "drop_request"   // The broker never sees it; the connection stays.
)

// rule is one Kafka fault of a link.
type rule struct {
	fault       string
	apiKey      int16
	delay       time.Duration
	probability float64
	left        int64 // How often it may yet fire; negative: no limit.
}

// rules decides which requests and responses of a link are hit.
type rules struct {
	mutex  sync.Mutex
	random *rand.Rand
	active []*rule
	fired  map[string]int64
}

func newRules(seed int64) *rules {
	return &rules{random: rand.New(rand.NewSource(seed)), fired: map[string]int64{}}
}

// add keeps the rule after those that can still fire. An error: there are too many.
func (r *rules) add(added rule) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var active []*rule
	for _, one := range r.active {
		if one.left != 0 {
			active = append(active, one)
		}
	}
	if len(active) >= rulesMax {
		return errors.New("the link has too many faults of Kafka: heal it first")
	}
	r.active = append(active, &added)
	return nil
}

func (r *rules) clear() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.active = nil
}

func (r *rules) stats() map[string]int64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	copied := map[string]int64{delayResponse: 0, dropResponse: 0, dropRequest: 0}
	for fault, count := range r.fired {
		copied[fault] = count
	}
	return copied
}

// hit gives the first rule of these faults that fires; nil when none does.
func (r *rules) hit(apiKey int16, faults ...string) *rule {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, one := range r.active {
		for _, fault := range faults {
			if one.fault != fault || one.apiKey != apiKey || one.left == 0 || r.random.Float64() >= one.probability {
				continue
			}
			if one.left > 0 {
				one.left--
			}
			r.fired[fault]++
			return one
		}
	}
	return nil
}

// calls follows one connection to a broker: which API key the request of each correlation id had.
// Brokers answer the requests of a connection in their order.
type calls struct {
	rules *rules
	mutex sync.Mutex
	open  []call
}

type call struct {
	correlation int32
	apiKey      int16
}

var errFrame = errors.New("not a Kafka frame")

// readFrame reads the size and the first `head` bytes of a frame, together; `rest` is what follows.
func readFrame(from io.Reader, head int) (begin []byte, rest int64, err error) {
	begin = make([]byte, 4+head)
	if _, err := io.ReadFull(from, begin[:4]); err != nil {
		return nil, 0, err
	}
	size := int64(int32(binary.BigEndian.Uint32(begin)))
	if size < int64(head) || size > frameBytesMax {
		return nil, 0, errFrame
	}
	if _, err := io.ReadFull(from, begin[4:]); err != nil {
		return nil, 0, errFrame // It ends in the middle: no good end.
	}
	return begin, size - int64(head), nil
}

// copyRest hands on what follows the beginning of a frame.
func copyRest(from io.Reader, rest int64, out emit) error {
	for rest > 0 {
		bytes := make([]byte, min64(rest, pieceBytes))
		if _, err := io.ReadFull(from, bytes); err != nil {
			return errFrame
		}
		if err := out(bytes, 0); err != nil {
			return err
		}
		rest -= int64(len(bytes))
	}
	return nil
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

// readRequests hands on requests and remembers them: {int32 size, int16 api_key, int16 api_version,
// int32 correlation_id, ...}.
func (c *calls) readRequests(from net.Conn, out emit) error {
	for {
		begin, rest, err := readFrame(from, 8)
		if err != nil {
			return err
		}
		apiKey := int16(binary.BigEndian.Uint16(begin[4:]))
		if c.rules.hit(apiKey, dropRequest) != nil {
			if _, err := io.CopyN(io.Discard, from, rest); err != nil {
				return errFrame
			}
			continue
		}
		if !c.remember(call{int32(binary.BigEndian.Uint32(begin[8:])), apiKey}) {
			return errFrame
		}
		if err := out(begin, 0); err != nil {
			return err
		}
		if err := copyRest(from, rest, out); err != nil {
			return err
		}
	}
}

// readResponses hands on responses: {int32 size, int32 correlation_id, ...}.
func (c *calls) readResponses(from net.Conn, out emit) error {
	for {
		begin, rest, err := readFrame(from, 4)
		if err != nil {
			return err
		}
		var later time.Duration
		apiKey, known := c.answered(int32(binary.BigEndian.Uint32(begin[4:])))
		if known {
			if hit := c.rules.hit(apiKey, dropResponse, delayResponse); hit != nil && hit.fault == dropResponse {
				return errFault
			} else if hit != nil {
				later = hit.delay
			}
		}
		if err := out(begin, later); err != nil {
			return err
		}
		if err := copyRest(from, rest, out); err != nil {
			return err
		}
	}
}

func (c *calls) remember(one call) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.open) >= callsMax {
		return false
	}
	c.open = append(c.open, one)
	return true
}

// answered forgets the request and those before it, which will not be answered any more (produce with
// acks=0).
func (c *calls) answered(correlation int32) (int16, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for i, one := range c.open {
		if one.correlation == correlation {
			c.open = c.open[i+1:]
			return one.apiKey, true
		}
	}
	return 0, false
}
