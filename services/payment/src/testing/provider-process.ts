import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readLedger } from '@portico/contracts'
import { createClient, createServiceTokens } from '@portico/service-kit'

const main = fileURLToPath(new URL('../../../provider/src/main.ts', import.meta.url))

/** The sandbox provider as it really runs: a process of its own with a ledger of its own. */
export async function startProvider(secret: string, webhooks: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'portico-provider-'))
  const env = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    PROVIDER_DATA_DIR: folder,
    PROVIDER_SECRET: secret,
    PROVIDER_SLOW_MS: '200',
    ...webhooks,
  }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the provider ended with ${code}`)))
  ended.catch(() => undefined)
  const [{ ports }] = (await Promise.race([once(child, 'message'), ended])) as [{ ports: [number] }]
  const url = `http://127.0.0.1:${ports[0]}`
  const tokens = createServiceTokens('payment', { calls: { provider: secret } })
  return {
    url,
    /** What it has of an order. */
    ledgerOf: async (orderId: string) => {
      const authorization = await tokens.authorizationFor('provider')
      const { body } = await createClient(url)(readLedger, {}, { authorization, timeoutMs: 5000 })
      return body.filter(({ key }) => key.startsWith(orderId))
    },
    /** @returns its exit code */
    stop: async (): Promise<number | null> => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = (await exit) as [number | null]
      await rm(folder, { recursive: true })
      return code
    },
  }
}

export type ProviderProcess = Awaited<ReturnType<typeof startProvider>>
