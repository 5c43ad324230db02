// franz-go as an application uses it: for each "name=mode" in MATRIX_CLIENTS a producer and a group consumer,
// and in mode transactional a GroupTransactSession between them.
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

func emit(name, kind, stage string, more fields) {
	event := fields{"t": time.Now().UnixMilli(), "c": name, "e": kind}
	if stage != "" {
		event["s"] = stage
	}
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

func produce(stopped context.Context, name, stage string) {
	client, err := kgo.NewClient(append(options(name), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		emit(name, "error", stage, fields{"m": "producer: " + err.Error(), "fatal": true})
		return
	}
	defer client.Close()
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for sequence := 0; stopped.Err() == nil; sequence++ {
		value := fmt.Sprintf("%s/p1/%d", name, sequence)
		record := &kgo.Record{Topic: name, Partition: int32(sequence % partitions), Value: []byte(value)}
		emit(name, "sent", stage, fields{"v": value, "p": record.Partition})
		client.Produce(context.Background(), record, func(record *kgo.Record, err error) {
			if err != nil {
				emit(name, "send-failed", stage, fields{"v": value, "m": err.Error()})
			} else {
				emit(name, "acked", stage, fields{"v": value, "p": record.Partition, "o": record.Offset})
			}
		})
		<-ticks.C
	}
	limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := client.Flush(limit); err != nil {
		emit(name, "error", stage, fields{"m": "producer: " + err.Error()})
	}
	emit(name, "producer-stopped", stage, nil)
}

func consumerOptions(name, group, topic, stage string) []kgo.Opt {
	return append(options(name),
		kgo.ConsumerGroup("g-"+group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { emit(name, "assigned", stage, nil) }),
		kgo.OnPartitionsRevoked(func(context.Context, *kgo.Client, map[string][]int32) { emit(name, "revoked", stage, nil) }),
		kgo.OnPartitionsLost(func(context.Context, *kgo.Client, map[string][]int32) { emit(name, "revoked", stage, nil) }),
	)
}

func tellErrors(stopped context.Context, name, stage string, fetches kgo.Fetches) {
	fetches.EachError(func(topic string, partition int32, err error) {
		if stopped.Err() == nil {
			emit(name, "error", stage, fields{"m": fmt.Sprintf("consumer: partition %d: %s", partition, err)})
		}
	})
}

func received(name, stage string, record *kgo.Record) {
	emit(name, "received", stage, fields{"v": string(record.Value), "p": record.Partition, "o": record.Offset})
}

func consume(stopped context.Context, name, topic string) {
	client, err := kgo.NewClient(append(consumerOptions(name, name, topic, ""), kgo.AutoCommitInterval(time.Second))...)
	if err != nil {
		emit(name, "error", "", fields{"m": "consumer: " + err.Error(), "fatal": true})
		return
	}
	defer client.Close()
	for stopped.Err() == nil {
		fetches := client.PollFetches(stopped)
		tellErrors(stopped, name, "", fetches)
		fetches.EachRecord(func(record *kgo.Record) { received(name, "", record) })
	}
}

// Copies records from one topic to the other, in transactions that commit what was read, too.
func process(stopped context.Context, name string) {
	session, err := kgo.NewGroupTransactSession(append(consumerOptions(name, name+"-in", name, "in"),
		kgo.TransactionalID(name),
		kgo.TransactionTimeout(30*time.Second),
		kgo.RequireStableFetchOffsets(),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	)...)
	if err != nil {
		emit(name, "error", "in", fields{"m": "processor: " + err.Error(), "fatal": true})
		return
	}
	defer session.Close()
	for stopped.Err() == nil {
		fetches := session.PollFetches(stopped)
		tellErrors(stopped, name, "in", fetches)
		if fetches.NumRecords() == 0 {
			continue
		}
		if err := transact(session, name, fetches); err != nil {
			emit(name, "error", "", fields{"m": "processor: " + err.Error(), "fatal": true})
			return
		}
	}
}

// A transaction that is not committed is no error: the session has gone back to what was committed.
func transact(session *kgo.GroupTransactSession, name string, fetches kgo.Fetches) error {
	if err := session.Begin(); err != nil {
		return err
	}
	failed := kgo.AbortingFirstErrPromise(session.Client())
	var values []string
	fetches.EachRecord(func(record *kgo.Record) {
		received(name, "in", record)
		values = append(values, string(record.Value))
		emit(name, "sent", "", fields{"v": string(record.Value), "p": record.Partition})
		session.Produce(context.Background(), &kgo.Record{Topic: name + "-out", Partition: record.Partition, Value: record.Value}, failed.Promise())
	})
	err := failed.Err()
	if err != nil {
		emit(name, "error", "", fields{"m": "processor: " + err.Error(), "abortable": true})
	}
	committed, endErr := session.End(context.Background(), kgo.TransactionEndTry(err == nil))
	if endErr != nil {
		return endErr
	}
	if committed {
		for _, value := range values {
			emit(name, "acked", "", fields{"v": value})
		}
	}
	return nil
}

func main() {
	producing, stopProducers := context.WithCancel(context.Background())
	consuming, stopConsumers := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, pair := range strings.Split(os.Getenv("MATRIX_CLIENTS"), ",") {
		name, mode, _ := strings.Cut(pair, "=")
		stage, topic := "", name
		if mode == "transactional" {
			stage, topic = "in", name+"-out"
			running.Go(func() { process(consuming, name) })
		}
		running.Go(func() { produce(producing, name, stage) })
		running.Go(func() { consume(consuming, name, topic) })
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		stopProducers()
	}
	stopProducers()
	stopConsumers()
	running.Wait()
}
