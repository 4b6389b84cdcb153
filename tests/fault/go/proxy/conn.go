package proxy

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

const (
	pieceBytes = 4 << 10 // What is handed on at once: small, so that a slow throttle is even.
	pieces     = 64      // Held in a lane of a connection: beyond, the sender feels it.
)

// What a piece does when it has been handed on.
const (
	goOn   = iota
	hangUp // The sender closed its side in good order.
	reset  // The sender is gone, or a fault says that the connection ends here.
)

type piece struct {
	bytes  []byte
	due    time.Time
	healed int
	then   int
}

// conn is one connection through a link.
type conn struct {
	link   *link
	client net.Conn
	server net.Conn // nil until it is there.
	mutex  sync.Mutex
	once   sync.Once
	end    chan struct{} // Closed when the connection is over.
	calls  *calls        // Of a Kafka link; else nil.
}

// kill resets both sides.
func (c *conn) kill() {
	c.once.Do(func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		close(c.end)
		hardClose(c.client)
		hardClose(c.server)
	})
}

// finish closes both sides in good order.
func (c *conn) finish() {
	c.once.Do(func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		close(c.end)
		c.client.Close()
		if c.server != nil {
			c.server.Close()
		}
	})
}

func hardClose(side net.Conn) {
	if side == nil {
		return
	}
	if tcp, ok := side.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	side.Close()
}

// run carries the connection until it is over. Over a stalled lane no connection comes up: the target
// is called when it is open again.
func (c *conn) run() {
	if !c.link.up.awaitOpen(c.end) || !c.dial() {
		c.kill()
		return
	}
	var both sync.WaitGroup
	both.Add(2)
	carry := func(from, to net.Conn, l *lane, read func(net.Conn, emit) error) {
		defer both.Done()
		c.carry(from, to, l, read)
	}
	up, down := readPlain, readPlain
	if c.calls != nil {
		up, down = c.calls.readRequests, c.calls.readResponses
	}
	go carry(c.client, c.server, c.link.up, up)
	go carry(c.server, c.client, c.link.down, down)
	both.Wait()
	c.finish()
}

func (c *conn) dial() bool {
	server, err := net.DialTimeout("tcp", c.link.target, dialTimeout)
	if err != nil {
		return false
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.server = server
	select {
	case <-c.end: // Killed while it was being called: nobody else would close it.
		hardClose(server)
		return false
	default:
		return true
	}
}

// emit hands on what a reader has read, so much later than its lane does anyway.
type emit func(bytes []byte, later time.Duration) error

var (
	errOver  = errors.New("the connection is over")
	errFault = errors.New("a fault ends the connection here")
)

// carry reads one side into a queue and writes the queue to the other, each piece when its lane lets
// it.
func (c *conn) carry(from, to net.Conn, l *lane, read func(net.Conn, emit) error) {
	queue := make(chan piece, pieces)
	var last piece // Jitter must not overtake; but what was delayed before a heal holds nothing up.
	put := func(bytes []byte, later time.Duration, then int) error {
		due, healed := l.stamp(later)
		if healed == last.healed && due.Before(last.due) {
			due = last.due
		}
		last = piece{due: due, healed: healed}
		select {
		case queue <- piece{bytes, due, healed, then}:
			return nil
		case <-c.end:
			return errOver
		}
	}
	go func() {
		err := read(from, func(bytes []byte, later time.Duration) error { return put(bytes, later, goOn) })
		then := reset
		if errors.Is(err, io.EOF) {
			then = hangUp
		}
		put(nil, 0, then)
	}()
	for {
		select {
		case p := <-queue:
			if !c.deliver(p, to, l) {
				return
			}
		case <-c.end:
			return
		}
	}
}

// deliver hands on one piece. False: it was the last.
func (c *conn) deliver(p piece, to net.Conn, l *lane) bool {
	if !l.awaitDue(p.due, p.healed, c.end) || !l.awaitOpen(c.end) {
		return false
	}
	for bytes := p.bytes; len(bytes) > 0; {
		n := len(bytes)
		if n > pieceBytes {
			n = pieceBytes
		}
		if !l.awaitRate(n, c.end) || !l.awaitOpen(c.end) {
			return false
		}
		if _, err := to.Write(bytes[:n]); err != nil {
			c.kill()
			return false
		}
		l.sent(n)
		bytes = bytes[n:]
	}
	switch p.then {
	case hangUp:
		if tcp, ok := to.(*net.TCPConn); ok {
			tcp.CloseWrite()
		}
		return false
	case reset:
		c.kill()
		return false
	}
	return true
}

func readPlain(from net.Conn, out emit) error {
	for {
		bytes := make([]byte, pieceBytes)
		n, err := from.Read(bytes)
		if n > 0 {
			if err := out(bytes[:n], 0); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}
