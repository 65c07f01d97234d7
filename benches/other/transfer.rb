# Ping-pong: two fibers hand a number straight to each other by `Fiber#transfer`, until it is large enough.
HITS = ARGV[0].to_i

def play(count)
  main = Fiber.current
  ping = pong = nil
  body = lambda do |other|
    lambda do |n|
      loop { n = n < count ? other.call.transfer(n + 1) : main.transfer(n) }
    end
  end
  ping = Fiber.new(&body.call(-> { pong }))
  pong = Fiber.new(&body.call(-> { ping }))
  raise unless ping.transfer(0) == count
end

play(HITS / 10) # warms up
start = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
play(HITS)
puts((Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - start) * 1e9 / HITS)
