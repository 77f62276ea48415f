-- For wrk: posts the lines of the file BODIES in turn, and writes a line of JSON when it is done. Times are in ms.
local requests = {}
local turn = 0

function init()
  for body in io.lines(os.getenv("BODIES")) do
    table.insert(requests, wrk.format("POST", "/graphql", { ["content-type"] = "application/json" }, body))
  end
end

function request()
  turn = turn + 1
  return requests[turn % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"failed":%d,"p50Ms":%.3f,"p99Ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
