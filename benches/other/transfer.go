// Ping-pong: two goroutines hand a number to and fro through channels without a buffer, on one processor.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

func play(count int) {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for n := range pong {
			ping <- n + 1
		}
	}()
	n := 0
	for n < count {
		pong <- n + 1
		n = <-ping
	}
	close(pong)
	if n != count {
		panic(n)
	}
}

// The time for which this program had the processor, in nanoseconds.
func now() int64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}

func main() {
	runtime.GOMAXPROCS(1)
	hits, _ := strconv.Atoi(os.Args[1])
	hits -= hits % 2
	play(hits / 10 * 2) // warms up
	start := now()
	play(hits)
	fmt.Println(float64(now()-start) / float64(hits))
}
