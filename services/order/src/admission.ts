import { grouped } from '@portico/service-kit'
import { minus, nothing, type OrderLimits, plus, refuseExcess, type Standing } from './limits.ts'
import type { Db } from './store/database.ts'
import { standingsOf } from './store/standings.ts'

export interface Admission {
  /**
   * Does work that adds to what a customer has under way, if that stays within the limits. It counts what is written
   * and what this process is working on, so that concurrent requests hold no stock beyond them. Other replicas' work
   * is not counted: the transaction that writes the order checks again (`refuseExcessIn`).
   * @throws AppError see `refuseExcess`; whatever the work throws
   */
  within<T>(customerId: string, added: Standing, work: () => Promise<T>): Promise<T>
}

export function createAdmission(db: Db, limits: OrderLimits): Admission {
  const underWay = new Map<string, Standing>()
  const written = grouped(async (customerIds: readonly string[]) => {
    const standings = await standingsOf(db, [...new Set(customerIds)], new Date())
    return customerIds.map((id) => standings.get(id) ?? nothing)
  })
  return {
    async within(customerId, added, work) {
      const before = await written(customerId)
      const others = underWay.get(customerId) ?? nothing
      refuseExcess(plus(plus(before, others), added), limits, new Date())
      underWay.set(customerId, plus(others, added))
      try {
        return await work()
      } finally {
        const left = minus(underWay.get(customerId) ?? added, added)
        if (left.unpaidAttempts > 0) underWay.set(customerId, left)
        else underWay.delete(customerId)
      }
    },
  }
}
