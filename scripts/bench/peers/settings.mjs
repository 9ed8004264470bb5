/** What every peer is told through its environment. */
export const port = Number(process.env.PORT)
export const upstream = process.env.BENCH_UPSTREAM
export const secret = process.env.BENCH_SECRET
export const limit = Number(process.env.BENCH_LIMIT)

process.on('SIGTERM', () => process.exit(0))
