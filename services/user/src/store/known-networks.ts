import { createHash } from 'node:crypto'
import type { Database } from './database.ts'

const KNOWN_MS = 30 * 24 * 3600 * 1000

const keyOf = (userId: string, network: string) =>
  createHash('sha256').update(`${userId}\n${network}`).digest('base64url')

/** Whether the account has logged in from the network in the last 30 days. */
export async function isKnownNetwork(db: Database, userId: string, network: string): Promise<boolean> {
  const found = await db.knownNetworks.findOne({ _id: keyOf(userId, network), expiresAt: { $gt: new Date() } })
  return found !== null
}

export async function rememberNetwork(db: Database, userId: string, network: string): Promise<void> {
  const expiresAt = new Date(Date.now() + KNOWN_MS)
  await db.knownNetworks.updateOne({ _id: keyOf(userId, network) }, { $set: { expiresAt } }, { upsert: true })
}
