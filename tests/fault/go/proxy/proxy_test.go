package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second

// until waits for a condition that only other goroutines can bring about.
func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !reached(); {
		if time.Now().After(deadline) {
			t.Fatal("in vain: ", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

// echo is a target that sends everything back.
func echo(t *testing.T) string {
	listener := listen(t)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

// world is a proxy with one link, "r1-b1", to an echo.
type world struct {
	*testing.T
	proxy   *Proxy
	address string
}

func newWorld(t *testing.T) *world {
	w := &world{t, New(1), ""}
	t.Cleanup(w.proxy.Close)
	w.address = w.link("r1-b1", echo(t), false)
	return w
}

func (w *world) link(name, target string, kafka bool) string {
	w.Helper()
	address, err := w.proxy.Add(Spec{name, "127.0.0.1:0", target, kafka})
	if err != nil {
		w.Fatal(err)
	}
	return address
}

func (w *world) fault(fault Fault) {
	w.Helper()
	if fault.Links == "" {
		fault.Links = "r1-b1"
	}
	if _, err := w.proxy.Apply(fault); err != nil {
		w.Fatal(err)
	}
}

func (w *world) stats() linkStats { return w.proxy.stats()["r1-b1"] }

func (w *world) dial() net.Conn {
	w.Helper()
	c, err := net.Dial("tcp", w.address)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

func (w *world) send(c net.Conn, text string) {
	w.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		w.Fatal(err)
	}
}

func (w *world) receive(c net.Conn, text string) {
	w.Helper()
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		w.Fatalf("received %q, %v; not %q", got, err, text)
	}
}

// silent expects that nothing is there to be read now.
func (w *world) silent(c net.Conn) {
	w.Helper()
	c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		w.Fatalf("not silent: %d bytes, %v", n, err)
	}
	c.SetReadDeadline(time.Now().Add(patience))
}

func (w *world) isReset(c net.Conn) {
	w.Helper()
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		w.Fatalf("%d bytes, %v; not a reset", n, err)
	}
}

func TestAHealthyLinkCarriesEverything(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	much := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	go func() {
		c.Write(much)
		c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, much) {
		t.Fatalf("%d of %d bytes, %v", len(got), len(much), err)
	}
	until(t, "the connection is over", func() bool { return w.stats().Open == 0 })
	s := w.stats()
	if s.Accepted != 1 || s.Up.Bytes != 1<<20 || s.Down.Bytes != 1<<20 || s.Up.Delayed+s.Up.Stalled+s.Up.Throttled != 0 {
		t.Errorf("%+v", s)
	}
}

func TestADelayIsWaitedForWithoutTakingTheRate(t *testing.T) {
	w := newWorld(t)
	w.fault(Fault{Fault: delay, Direction: "up", DelayMs: 400, JitterMs: 20})
	c := w.dial()
	begin := time.Now()
	const much = 20 * pieceBytes // Waiting for each piece alone would take 8 s.
	w.send(c, strings.Repeat("x", much))
	w.receive(c, strings.Repeat("x", much))
	if took := time.Since(begin); took < 400*time.Millisecond || took > 6*time.Second {
		t.Errorf("took %s", took)
	}
	if s := w.stats(); s.Up.Delayed == 0 || s.Down.Delayed != 0 {
		t.Errorf("%+v", s)
	}
}

func TestJitterDoesNotReorder(t *testing.T) {
	w := newWorld(t)
	w.fault(Fault{Fault: delay, JitterMs: 30})
	c := w.dial()
	for i := 0; i < 20; i++ {
		w.send(c, string(rune('a'+i)))
	}
	w.receive(c, "abcdefghijklmnopqrst")
}

func TestHealLetsGoWhatWasDelayed(t *testing.T) {
	w := newWorld(t)
	w.fault(Fault{Fault: delay, DelayMs: 3600_000})
	c := w.dial()
	w.send(c, "held")
	until(t, "it is held", func() bool { return w.stats().Up.Delayed > 0 })
	w.fault(Fault{Fault: heal})
	w.send(c, "later")
	w.receive(c, "heldlater")
}

func TestAThrottleHoldsTheRate(t *testing.T) {
	w := newWorld(t)
	w.fault(Fault{Fault: throttle, Direction: "down", BytesPerSecond: 10 * pieceBytes})
	c := w.dial()
	begin := time.Now()
	text := strings.Repeat("x", 4*pieceBytes)
	w.send(c, text)
	w.receive(c, text)
	if took := time.Since(begin); took < 300*time.Millisecond {
		t.Errorf("took %s", took)
	}
	if s := w.stats(); s.Down.Throttled == 0 || s.Up.Throttled != 0 {
		t.Errorf("%+v", s)
	}
	w.fault(Fault{Fault: throttle, Direction: "down", BytesPerSecond: 1})
	w.send(c, text+text)
	w.fault(Fault{Fault: pass})
	w.receive(c, text+text)
}

func TestAStallHoldsOneWay(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	w.send(c, "before")
	w.receive(c, "before")
	w.fault(Fault{Fault: stall, Direction: "down"})
	w.send(c, "during")
	until(t, "the answer is held", func() bool { return w.stats().Down.Stalled > 0 })
	if s := w.stats(); s.Up.Stalled != 0 || s.Up.Bytes != 12 || s.Down.Bytes != 6 {
		t.Errorf("%+v", s)
	}
	w.silent(c)
	w.fault(Fault{Fault: heal})
	w.receive(c, "during")
}

func TestAStallHidesThatSomebodyHungUp(t *testing.T) {
	w := newWorld(t)
	target := listen(t)
	w.address = w.link("r2-b1", target.Addr().String(), false)
	c := w.dial()
	server, err := target.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w.fault(Fault{Links: "r2-*", Fault: stall})
	c.Close()
	until(t, "the end is held", func() bool { return w.proxy.stats()["r2-b1"].Up.Stalled > 0 })
	w.silent(server)
	w.fault(Fault{Links: "r2-*", Fault: heal})
	if _, err := server.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestAConnectionOverAStalledLinkReachesNobody(t *testing.T) {
	w := newWorld(t)
	target := listen(t)
	w.address = w.link("r2-b1", target.Addr().String(), false)
	w.fault(Fault{Links: "r2-*", Fault: stall, Direction: "up"})
	c := w.dial()
	w.send(c, "held")
	until(t, "it is held", func() bool { return w.proxy.stats()["r2-b1"].Up.Stalled > 0 })
	target.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Millisecond))
	if _, err := target.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the target was called:", err)
	}
	target.(*net.TCPListener).SetDeadline(time.Time{})
	w.fault(Fault{Links: "r2-*", Fault: heal})
	server, err := target.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w.receive(server, "held")
}

func TestACutResetsAndRefusesUntilHealed(t *testing.T) {
	w := newWorld(t)
	c := w.dial()
	w.send(c, "x")
	w.receive(c, "x")
	w.fault(Fault{Fault: stall}) // A cut reaches connections that are held, too.
	w.fault(Fault{Fault: cut})
	w.isReset(c)
	if _, err := net.Dial("tcp", w.address); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error("not refused:", err)
	}
	if s := w.stats(); !s.Cut || s.Reset != 1 || s.Open != 0 {
		t.Errorf("%+v", s)
	}
	w.fault(Fault{Fault: cut}) // Cutting twice is cutting once.
	w.fault(Fault{Fault: heal})
	c = w.dial()
	w.send(c, "again")
	w.receive(c, "again")
}

func TestAResetGoesThrough(t *testing.T) {
	w := newWorld(t)
	target := listen(t)
	w.address = w.link("r2-b1", target.Addr().String(), false)
	c := w.dial()
	server, err := target.Accept()
	if err != nil {
		t.Fatal(err)
	}
	hardClose(server)
	w.isReset(c)
}

func TestATargetThatIsNotThereResets(t *testing.T) {
	w := newWorld(t)
	gone := listen(t)
	gone.Close()
	w.address = w.link("r2-b1", gone.Addr().String(), false)
	// The reset may come before the system has told us of the connection.
	c, err := net.Dial("tcp", w.address)
	if err == nil {
		defer c.Close()
		_, err = c.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

func TestAPatternHitsWhatItNames(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"r1-b2", "r2-b1"} {
		w.link(name, "127.0.0.1:1", false)
	}
	for pattern, want := range map[string]string{"r1-*": "r1-b1 r1-b2", "*-b1": "r1-b1 r2-b1", "r2-b1": "r2-b1",
		"*": "r1-b1 r1-b2 r2-b1"} {
		names, err := w.proxy.Apply(Fault{Links: pattern, Fault: heal})
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("%s: %s %v", pattern, got, err)
		}
	}
	if _, err := w.proxy.Apply(Fault{Links: "r3-*", Fault: cut}); !errors.Is(err, ErrNoLink) {
		t.Error(err)
	}
}
