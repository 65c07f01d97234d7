-- Ping-pong: two coroutines hand a number to and fro. A coroutine of Lua is resumed and yields; a loop hands on.
local hits = tonumber(arg[1])
local function body(n)
    while true do n = coroutine.yield(n + 1) end
end
local peers = { coroutine.create(body), coroutine.create(body) }
local function play(count)
    local resume, n, ok = coroutine.resume, 0, true
    while n < count do
        ok, n = resume(peers[n % 2 + 1], n)
    end
    assert(ok and n == count)
end
play(hits / 10) -- warms up
local start = os.clock()
play(hits)
print((os.clock() - start) * 1e9 / hits)
