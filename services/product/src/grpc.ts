import { catalogueService, errors, type Product, stockService } from '@portico/contracts'
import { AppError, type Authentication, type Log, type Metrics } from '@portico/service-kit'
import { createGrpcServer, type GrpcServer } from '@portico/service-kit/grpc'
import { attemptKeyOf } from './attempts.ts'
import { confirm, price, release } from './holds.ts'
import { createLoggedHold } from './logged-hold.ts'
import { findProduct, listProducts } from './store/catalogue.ts'
import { type Db, ping } from './store/database.ts'
import { StockWatch, type WatchLimits } from './watching.ts'

export interface ProductGrpcOptions {
  readonly db: Db
  readonly authentication: Authentication
  readonly log: Log
  readonly metrics: Metrics
  readonly accepting: () => boolean
  readonly watch: WatchLimits
}

/** The catalogue for anybody, and the stock for order-service alone, over gRPC. */
export function createProductGrpc({ db, accepting, watch, ...rest }: ProductGrpcOptions): GrpcServer {
  const server = createGrpcServer({
    ...rest,
    services: [catalogueService, stockService],
    ready: () => ping(db).then(accepting),
  })
  const stockWatch = new StockWatch(db, watch, rest.log)
  server.implement(catalogueService, {
    getProduct: async ({ id }) => {
      const found = await findProduct(db, id)
      if (!found) throw new AppError('not_found')
      return toMessage(found.product)
    },
    listProducts: async (query) => {
      const { items, nextCursor } = await listProducts(db, query)
      return { items: items.map(toMessage), ...(nextCursor !== null && { nextCursor }) }
    },
    watchStock: ({ productIds }, call) => stockWatch.watch(productIds, call),
  })
  const hold = createLoggedHold(db, rest.log)
  server.implement(stockService, {
    price: async ({ items }) => ({ items: await price(db, items) }),
    hold: ({ attempt, items, requestId: own }, { requestId }) => hold(keyOf(attempt), items, own || requestId),
    holdAll: async ({ holds }, { requestId }) => {
      const answers = holds.map(({ attempt, items, requestId: own }) =>
        hold(keyOf(attempt), items, own || requestId).then(
          (held) => ({ held }),
          (error: unknown) => ({
            refusal: refusalOf(error, () => rest.log.error({ err: error, attempt, requestId }, 'unexpected error')),
          }),
        ),
      )
      return { answers: await Promise.all(answers) }
    },
    confirm: async ({ attempt }) => {
      await confirm(db, keyOf(attempt))
      return {}
    },
    release: async ({ attempt }) => {
      await release(db, keyOf(attempt))
      return {}
    },
  })
  return server
}

const keyOf = ({ orderId, number }: { orderId: string; number: number }) => attemptKeyOf(orderId, number)

/** What one hold of many is told, as the metadata of a call tell it. */
function refusalOf(error: unknown, unexpected: () => void) {
  if (error instanceof AppError) return { code: error.code, detail: error.message, errors: [...(error.fields ?? [])] }
  unexpected()
  return { code: 'internal', detail: errors.internal.title, errors: [] }
}

/** protobuf has no null: what is not there is absent. */
const toMessage = ({ imageUrl, ...product }: Product) => ({ ...product, ...(imageUrl !== null && { imageUrl }) })
