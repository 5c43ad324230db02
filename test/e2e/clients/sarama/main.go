// sarama as an application uses it: for each "name=mode" in MATRIX_CLIENTS a producer and a group consumer.
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

	"github.com/IBM/sarama"
)

var (
	outLock    sync.Mutex
	partitions = number("MATRIX_PARTITIONS")
	interval   = time.Second / time.Duration(number("MATRIX_RATE"))
	bootstrap  = strings.Split(os.Getenv("MATRIX_BOOTSTRAP"), ",")
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

func configOf(name string) *sarama.Config {
	config := sarama.NewConfig()
	config.ClientID = name
	config.Net.SASL.Enable = true
	config.Net.SASL.Mechanism = sarama.SASLTypePlaintext
	config.Net.SASL.User = os.Getenv("MATRIX_USERNAME")
	config.Net.SASL.Password = os.Getenv("MATRIX_TOKEN")
	return config
}

func produce(stopped context.Context, name string) {
	config := configOf(name)
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Return.Successes = true
	config.Producer.Return.Errors = true
	producer, err := sarama.NewAsyncProducer(bootstrap, config)
	if err != nil {
		emit(name, "error", fields{"m": "producer: " + err.Error(), "fatal": true})
		return
	}
	var answers sync.WaitGroup
	answers.Add(2)
	go func() {
		defer answers.Done()
		for message := range producer.Successes() {
			emit(name, "acked", fields{"v": message.Metadata, "p": message.Partition, "o": message.Offset})
		}
	}()
	go func() {
		defer answers.Done()
		for failure := range producer.Errors() {
			emit(name, "send-failed", fields{"v": failure.Msg.Metadata, "m": failure.Err.Error()})
		}
	}()
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for sequence := 0; stopped.Err() == nil; sequence++ {
		value := fmt.Sprintf("%s/p1/%d", name, sequence)
		partition := int32(sequence % partitions)
		emit(name, "sent", fields{"v": value, "p": partition})
		producer.Input() <- &sarama.ProducerMessage{Topic: name, Partition: partition, Value: sarama.StringEncoder(value), Metadata: value}
		<-ticks.C
	}
	producer.AsyncClose()
	answers.Wait()
	emit(name, "producer-stopped", nil)
}

type handler struct{ name string }

func (h handler) Setup(sarama.ConsumerGroupSession) error {
	emit(h.name, "assigned", nil)
	return nil
}

func (h handler) Cleanup(sarama.ConsumerGroupSession) error {
	emit(h.name, "revoked", nil)
	return nil
}

func (h handler) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, open := <-claim.Messages():
			if !open {
				return nil
			}
			emit(h.name, "received", fields{"v": string(message.Value), "p": message.Partition, "o": message.Offset})
			session.MarkMessage(message, "")
		case <-session.Context().Done():
			return nil
		}
	}
}

func consume(stopped context.Context, name string) {
	config := configOf(name)
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Return.Errors = true
	group, err := sarama.NewConsumerGroup(bootstrap, "g-"+name, config)
	if err != nil {
		emit(name, "error", fields{"m": "consumer: " + err.Error(), "fatal": true})
		return
	}
	go func() {
		for failure := range group.Errors() {
			if stopped.Err() == nil {
				emit(name, "error", fields{"m": "consumer: " + failure.Error()})
			}
		}
	}()
	for stopped.Err() == nil {
		// Documented to be called again after each rebalance.
		if err := group.Consume(stopped, []string{name}, handler{name}); err != nil && stopped.Err() == nil {
			emit(name, "error", fields{"m": "consumer: " + err.Error()})
			time.Sleep(time.Second)
		}
	}
	_ = group.Close()
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
