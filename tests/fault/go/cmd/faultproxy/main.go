// Faultproxy carries TCP connections over links that are made to fail through its control port.
// README.md of this module has the requests.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"crm/fault/proxy"
)

func main() {
	control := flag.String("control", "", "host:port of the control port; port 0: any")
	seed := flag.Int64("seed", 1, "of every draw of jitter and probability")
	flag.Parse()
	if *control == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "faultproxy: needs --control HOST:PORT")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", *control)
	if err != nil {
		fmt.Fprintln(os.Stderr, "faultproxy:", err)
		os.Exit(1)
	}
	fmt.Printf("control %s\n", listener.Addr())
	server := &http.Server{Handler: proxy.New(*seed).Handler(), ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(os.Stderr, "faultproxy:", server.Serve(listener))
	os.Exit(1)
}
