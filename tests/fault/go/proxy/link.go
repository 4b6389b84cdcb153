// Package proxy carries TCP connections over links that can be made to fail.
package proxy

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	acceptPause = 10 * time.Millisecond // After a failure: no file descriptors are left, for example.
	dialTimeout = 10 * time.Second
	connsMax    = 1000 // Of a link at once; more are reset.
)

// link is one address that connections come to and the target they go on to.
type link struct {
	name   string
	target string
	kafka  bool
	up     *lane
	down   *lane
	rules  *rules

	mutex    sync.Mutex
	address  string
	listener net.Listener // nil while cut.
	conns    map[*conn]bool
	closed   bool

	accepted atomic.Int64
	tooMany  atomic.Int64
	cuts     atomic.Int64 // Connections that cuts reset.
}

// newLink listens at once.
func newLink(name, listen, target string, kafka bool, seed int64) (*link, error) {
	l := &link{name: name, target: target, kafka: kafka, up: newLane(seed), down: newLane(seed + 1),
		rules: newRules(seed + 2), address: listen, conns: map[*conn]bool{}}
	return l, l.listen()
}

// listen takes the address, the same one as before when there was one. Nothing when it has it.
func (l *link) listen() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.listener != nil || l.closed {
		return nil
	}
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		return err
	}
	l.listener, l.address = listener, listener.Addr().String()
	go l.accept(listener)
	return nil
}

func (l *link) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			if l.stoppedListening(listener) {
				return
			}
			time.Sleep(acceptPause)
			continue
		}
		l.accepted.Add(1)
		c := &conn{link: l, client: client, end: make(chan struct{})}
		if l.kafka {
			c.calls = &calls{rules: l.rules}
		}
		if !l.admit(c, listener) {
			c.kill()
			continue
		}
		go func() {
			c.run()
			l.mutex.Lock()
			defer l.mutex.Unlock()
			delete(l.conns, c)
		}()
	}
}

func (l *link) stoppedListening(listener net.Listener) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.listener != listener
}

// admit is false for a connection too many, and for one that came while the link was being cut.
func (l *link) admit(c *conn, listener net.Listener) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.listener != listener {
		return false
	}
	if len(l.conns) >= connsMax {
		l.tooMany.Add(1)
		return false
	}
	l.conns[c] = true
	return true
}

// cut refuses new connections and resets those there are.
func (l *link) cut() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.listener != nil {
		l.listener.Close()
		l.listener = nil
	}
	for c := range l.conns {
		c.kill()
		l.cuts.Add(1)
	}
	l.conns = map[*conn]bool{}
}

// heal ends every fault. An error: the address could not be taken again.
func (l *link) heal() error {
	l.up.heal()
	l.down.heal()
	l.rules.clear()
	return l.listen()
}

func (l *link) close() {
	l.mutex.Lock()
	l.closed = true
	l.mutex.Unlock()
	l.cut()
}

type linkStats struct {
	Listen   string           `json:"listen"`
	Target   string           `json:"target"`
	Cut      bool             `json:"cut"`
	Open     int              `json:"open"`     // Connections now.
	Accepted int64            `json:"accepted"` // Ever.
	TooMany  int64            `json:"too_many"` // Reset at once.
	Reset    int64            `json:"reset"`    // By cuts.
	Up       laneCounts       `json:"up"`
	Down     laneCounts       `json:"down"`
	Kafka    map[string]int64 `json:"kafka,omitempty"` // How often each Kafka fault fired.
}

func (l *link) stats() linkStats {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	s := linkStats{Listen: l.address, Target: l.target, Cut: l.listener == nil, Open: len(l.conns),
		Accepted: l.accepted.Load(), TooMany: l.tooMany.Load(), Reset: l.cuts.Load(), Up: l.up.stats(),
		Down: l.down.stats()}
	if l.kafka {
		s.Kafka = l.rules.stats()
	}
	return s
}
