-- For wrk: cycles through the tokens, one a line in the file named by BENCH_TOKENS; requests are formatted before the run.
local requests = {}
local at = 0
function init(args)
  for token in io.lines(os.getenv("BENCH_TOKENS")) do
    requests[#requests + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
