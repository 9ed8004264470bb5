import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OutcomeUnknown, type PaymentProvider } from '../../services/payment/src/provider.ts'
import { openLedger } from '../../services/provider/src/ledger.ts'
import { behaviourOf } from '../../services/provider/src/test-tokens.ts'

/** The sandbox's real ledger, behind a line that breaks when a test says so. */
export function openProvider() {
  const folder = mkdtempSync(join(tmpdir(), 'portico-saga-'))
  const ledger = openLedger(folder)
  /** So many of the next calls are lost: on the way there, or on the way back. */
  const lost = { there: 0, back: 0 }
  const over = async <T>(call: () => Promise<T>): Promise<T> => {
    if (lost.there > 0) {
      lost.there -= 1
      throw new OutcomeUnknown('the call was lost')
    }
    const answer = await call()
    if (lost.back > 0) {
      lost.back -= 1
      throw new OutcomeUnknown('the answer was lost')
    }
    return answer
  }
  const provider: PaymentProvider = {
    charge: (key, amount, token) =>
      over(async () => {
        const { outcome } = await ledger.charge({ key, token, amount }, behaviourOf(token).outcome)
        return outcome === 'captured' ? { outcome } : { outcome: 'failed', reason: outcome }
      }),
    refund: (key, refundId, amount) => over(async () => void (await ledger.refund(key, refundId, amount))),
  }
  return {
    provider,
    lost,
    entriesOf: (orderId: string) => ledger.captured().filter(({ key }) => key.startsWith(orderId)),
    close: () => {
      ledger.close()
      rmSync(folder, { recursive: true })
    },
  }
}
