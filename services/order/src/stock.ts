import { type ErrorCode, type HeldLine, holdStock, type OrderedLine } from '@portico/contracts'
import {
  AppError,
  type Caller,
  CallRefused,
  connectTcp,
  createClient,
  createTrail,
  type Log,
  type ServiceTokens,
} from '@portico/service-kit'
import { holdByGrpc } from './stock-by-grpc.ts'

/** Prices an attempt's lines and holds their stock. @throws AppError out_of_stock, invalid_request or unavailable */
export type HoldStock = (
  attempt: { orderId: string; attempt: number },
  lines: readonly OrderedLine[],
  requestId: string,
) => Promise<HeldLine[]>

/** One way to product-service. @throws AppError where it refuses, CallFailed where it does not answer */
export type Way = (
  attempt: { orderId: string; attempt: number },
  lines: readonly OrderedLine[],
  options: { authorization: string; requestId: string; timeoutMs: number },
) => Promise<HeldLine[]>

const passedOn: readonly ErrorCode[] = ['out_of_stock', 'invalid_request']

/**
 * Asks product-service, by gRPC, HTTP, or TCP as NestJS speaks it: as the scheme of its address says. A hold may be asked
 * for twice, since the same again is answered again.
 */
export function connectStock(
  productUrl: string,
  { call, tokens, log }: { call: Caller; tokens: ServiceTokens; log: Log },
): HoldStock {
  const way = wayTo(productUrl, log)
  const trail = createTrail(log)
  return async (attempt, lines, requestId) => {
    const askedAt = performance.now()
    const note = (message: string, code?: string) =>
      trail(message, { ...attempt, requestId, code, ms: Math.round(performance.now() - askedAt) })
    try {
      const authorization = await tokens.authorizationFor('product')
      const held = await call((timeoutMs) => way(attempt, lines, { authorization, requestId, timeoutMs }))
      note('stock held')
      return held
    } catch (error) {
      if (error instanceof AppError && passedOn.includes(error.code)) {
        note('stock refused', error.code)
        throw error
      }
      log.warn({ err: error, requestId, ...attempt }, 'product-service could not hold the stock')
      if (error instanceof AppError && error.code === 'unavailable') throw error
      throw new AppError('unavailable', 'product-service does not answer.', { cause: error })
    }
  }
}

function wayTo(productUrl: string, log: Log): Way {
  if (/^grpcs?:/.test(productUrl)) return holdByGrpc(productUrl)
  return byRoute(productUrl.startsWith('tcp:') ? connectTcp(productUrl, log).call : createClient(productUrl))
}

function byRoute(call: ReturnType<typeof createClient>): Way {
  return async ({ orderId, attempt }, items, options) => {
    const input = { params: { key: `${orderId}:${attempt}` }, body: { items: [...items] } }
    try {
      return (await call(holdStock, input, options)).body.items
    } catch (cause) {
      if (!(cause instanceof CallRefused)) throw cause
      const code = passedOn.find((each) => each === cause.code) ?? 'unavailable'
      throw new AppError(code, cause.problem.detail, { cause, fields: cause.problem.errors ?? [] })
    }
  }
}
