import type { Migration } from 'kysely/migration'
import { catalogue } from './0001-catalogue.ts'
import { stock } from './0002-stock.ts'
import { messages } from './0003-messages.ts'
import { piecesOfWords } from './0004-pieces-of-words.ts'
import { forgetting } from './0005-forgetting.ts'
import { audit } from './0006-audit.ts'

/** In order, forward only: a migration that has landed is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-catalogue': catalogue,
  '0002-stock': stock,
  '0003-messages': messages,
  '0004-pieces-of-words': piecesOfWords,
  '0005-forgetting': forgetting,
  '0006-audit': audit,
}
