// franz-go as an application uses it: for each "name=mode" in MATRIX_CLIENTS a producer and a group consumer.
// Settings, events and how it is stopped: test/support/client-matrix/client-event.ts.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

var (
	outLock    sync.Mutex
	partitions = number("MATRIX_PARTITIONS")
	interval   = time.Second / time.Duration(number("MATRIX_RATE"))
)

func number(key string) int {
	value, err := strconv.Atoi(os.Getenv(key))
	if err != nil {
		panic(key + " is not a number")
	}
	return value
}

type fields map[string]any

func emit(name, kind string, more fields) {
	event := fields{"t": time.Now().UnixMilli(), "c": name, "e": kind}
	for key, value := range more {
		event[key] = value
	}
	line, _ := json.Marshal(event)
	outLock.Lock()
	defer outLock.Unlock()
	fmt.Println(string(line))
}

func options(name string) []kgo.Opt {
	return []kgo.Opt{
		kgo.SeedBrokers(strings.Split(os.Getenv("MATRIX_BOOTSTRAP"), ",")...),
		kgo.ClientID(name),
		kgo.SASL(plain.Auth{User: os.Getenv("MATRIX_USERNAME"), Pass: os.Getenv("MATRIX_TOKEN")}.AsMechanism()),
	}
}

func produce(stopped context.Context, name string) {
	client, err := kgo.NewClient(append(options(name), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		emit(name, "error", fields{"m": "producer: " + err.Error(), "fatal": true})
		return
	}
	defer client.Close()
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for sequence := 0; stopped.Err() == nil; sequence++ {
		value := fmt.Sprintf("%s/p1/%d", name, sequence)
		record := &kgo.Record{Topic: name, Partition: int32(sequence % partitions), Value: []byte(value)}
		emit(name, "sent", fields{"v": value, "p": record.Partition})
		client.Produce(context.Background(), record, func(record *kgo.Record, err error) {
			if err != nil {
				emit(name, "send-failed", fields{"v": value, "m": err.Error()})
			} else {
				emit(name, "acked", fields{"v": value, "p": record.Partition, "o": record.Offset})
			}
		})
		<-ticks.C
	}
	limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := client.Flush(limit); err != nil {
		emit(name, "error", fields{"m": "producer: " + err.Error()})
	}
	emit(name, "producer-stopped", nil)
}

func consume(stopped context.Context, name string) {
	client, err := kgo.NewClient(append(options(name),
		kgo.ConsumerGroup("g-"+name),
		kgo.ConsumeTopics(name),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.AutoCommitInterval(time.Second),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { emit(name, "assigned", nil) }),
		kgo.OnPartitionsRevoked(func(context.Context, *kgo.Client, map[string][]int32) { emit(name, "revoked", nil) }),
		kgo.OnPartitionsLost(func(context.Context, *kgo.Client, map[string][]int32) { emit(name, "revoked", nil) }),
	)...)
	if err != nil {
		emit(name, "error", fields{"m": "consumer: " + err.Error(), "fatal": true})
		return
	}
	defer client.Close()
	for stopped.Err() == nil {
		fetches := client.PollFetches(stopped)
		fetches.EachError(func(topic string, partition int32, err error) {
			if stopped.Err() == nil {
				emit(name, "error", fields{"m": fmt.Sprintf("consumer: partition %d: %s", partition, err)})
			}
		})
		fetches.EachRecord(func(record *kgo.Record) {
			emit(name, "received", fields{"v": string(record.Value), "p": record.Partition, "o": record.Offset})
		})
	}
}

func main() {
	producing, stopProducers := context.WithCancel(context.Background())
	consuming, stopConsumers := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, pair := range strings.Split(os.Getenv("MATRIX_CLIENTS"), ",") {
		name := strings.Split(pair, "=")[0]
		running.Add(2)
		go func() { defer running.Done(); produce(producing, name) }()
		go func() { defer running.Done(); consume(consuming, name) }()
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		stopProducers()
	}
	stopProducers()
	stopConsumers()
	running.Wait()
}
