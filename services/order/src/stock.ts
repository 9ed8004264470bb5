import { type ErrorCode, type HeldLine, holdStock, type OrderedLine } from '@portico/contracts'
import { AppError, CallRefused, connectTcp, createClient, type Log, type ServiceTokens } from '@portico/service-kit'

/** Prices an attempt's lines and holds their stock. @throws AppError out_of_stock, invalid_request or unavailable */
export type HoldStock = (
  attempt: { orderId: string; attempt: number },
  lines: readonly OrderedLine[],
  requestId: string,
) => Promise<HeldLine[]>

const TIMEOUT_MS = 2000
const passedOn: readonly ErrorCode[] = ['out_of_stock', 'invalid_request']

/** @param productUrl where product-service answers: http:, or tcp: as NestJS speaks it */
export function connectStock(productUrl: string, tokens: ServiceTokens, log: Log): HoldStock {
  const call = productUrl.startsWith('tcp:') ? connectTcp(productUrl, log).call : createClient(productUrl)
  return async ({ orderId, attempt }, lines, requestId) => {
    const input = { params: { key: `${orderId}:${attempt}` }, body: { items: [...lines] } }
    try {
      const authorization = await tokens.authorizationFor('product')
      return (await call(holdStock, input, { authorization, requestId, timeoutMs: TIMEOUT_MS })).body.items
    } catch (cause) {
      const code = cause instanceof CallRefused ? passedOn.find((each) => each === cause.code) : undefined
      if (!code || !(cause instanceof CallRefused)) {
        log.warn({ err: cause, requestId, orderId, attempt }, 'product-service could not hold the stock')
        throw new AppError('unavailable', 'product-service does not answer.', { cause })
      }
      throw new AppError(code, cause.problem.detail, { cause, fields: cause.problem.errors ?? [] })
    }
  }
}
