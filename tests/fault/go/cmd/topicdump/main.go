// Topicdump writes every record of a topic, as it lies there, into a file of JSON lines. README.md of
// this module has the form.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"crm/fault/dump"
	"crm/fault/topic"
)

func main() {
	brokers := flag.String("brokers", "", "host:port of a broker or several, with commas between")
	name := flag.String("topic", "", "the topic")
	out := flag.String("out", "", "the file to write; it is there only when it is whole")
	timeout := flag.Duration("timeout", 5*time.Minute, "for everything")
	flag.Parse()
	if *brokers == "" || *name == "" || *out == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "topicdump: needs --brokers, --topic and --out")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	count, err := write(ctx, strings.Split(*brokers, ","), *name, *out)
	if err != nil {
		fmt.Fprintf(os.Stderr, "topicdump: %s: %s\n", *name, err)
		os.Exit(1)
	}
	fmt.Printf("%s: %d records\n", *name, count)
}

func write(ctx context.Context, brokers []string, name, path string) (int, error) {
	file, err := os.Create(path + ".part")
	if err != nil {
		return 0, err
	}
	defer os.Remove(path + ".part")
	defer file.Close()
	writer := topic.NewWriter(file)
	count := 0
	err = dump.Topic(ctx, brokers, name, func(record topic.Record) error {
		count++
		return writer.Write(record)
	})
	if err == nil {
		err = writer.Flush()
	}
	if err == nil {
		err = os.Rename(path+".part", path)
	}
	return count, err
}
