import { type ErrorCode, errors, type HeldLine, MAX_HOLDS, stockService } from '@portico/contracts'
import { AppError, CallFailed, grouped } from '@portico/service-kit'
import { createGrpcClient, type GrpcClient, MethodUnknown } from '@portico/service-kit/grpc'
import type { Way } from './stock.ts'

type Stock = GrpcClient<typeof stockService>

interface Wish {
  readonly hold: readonly [attempt: Parameters<Way>[0], items: Parameters<Way>[1]]
  readonly options: Parameters<Way>[2]
}

/** How long holds are asked for one by one of a product-service that knows no other way. */
const ONE_BY_ONE_MS = 60_000

/**
 * Asks product-service over gRPC; holds that are wanted at the same time, in one call. Each is still answered, and asked
 * for again, by itself.
 */
export function holdByGrpc(url: string): Way {
  const stock = createGrpcClient(stockService, url)
  let oneByOneUntil = 0
  const together = grouped(async (wishes: readonly Wish[]): Promise<(HeldLine[] | Error)[]> => {
    const [first] = wishes
    if (first && wishes.length === 1) return [await holdOne(stock, first)]
    try {
      return await holdAll(stock, wishes)
    } catch (error) {
      if (error instanceof MethodUnknown) oneByOneUntil = performance.now() + ONE_BY_ONE_MS
      // Nobody knows what came of it: whether to ask again is for each to decide, in its own time.
      else if (error instanceof CallFailed) return wishes.map(() => error)
      // What was refused as a whole is asked for one by one, so that one bad hold spoils nothing for the others.
      throw error
    }
  }, MAX_HOLDS)
  return async (attempt, items, options) => {
    const wish: Wish = { hold: [attempt, items], options }
    if (performance.now() < oneByOneUntil) return holdOne(stock, wish)
    const answer = await together(wish)
    if (answer instanceof Error) throw answer
    return answer
  }
}

const toHold = ({ hold: [{ orderId, attempt }, items], options: { requestId } }: Wish) => ({
  attempt: { orderId, number: attempt },
  items: [...items],
  requestId,
})

const holdOne = async (stock: Stock, wish: Wish): Promise<HeldLine[]> =>
  (await stock.call('hold', toHold(wish), wish.options)).items

async function holdAll(stock: Stock, wishes: readonly Wish[]): Promise<(HeldLine[] | Error)[]> {
  const { options } = wishes.at(-1) as Wish
  const { answers } = await stock.call('holdAll', { holds: wishes.map(toHold) }, options)
  return wishes.map((_, index) => {
    const { held, refusal } = answers[index] ?? {}
    if (held) return held.items
    // As for a call of its own: what is not a refusal of ours may be otherwise the next time.
    if (!refusal || !(refusal.code in errors) || refusal.code === 'internal') return new CallFailed('a hold failed')
    return new AppError(refusal.code as ErrorCode, refusal.detail, { fields: refusal.errors })
  })
}
