import * as entries from '../entries/checks.ts'
import { splitEntry } from '../entries/entry.ts'
import { compileTemplate } from '../lua/template.ts'
import { UnsupportedLua } from '../lua/tokens.ts'

type Check = (text: string) => string | undefined

/** The words of a check of the entry itself, or else of its value, which may be a template. */
const andTemplate =
  (check: Check): Check =>
  (text) =>
    check(text) ?? checkTemplate(splitEntry(text).value)

export const checkPair = andTemplate(entries.checkPair)
export const checkHeaderPair = andTemplate(entries.checkHeaderPair)
export const checkHeaderRename = andTemplate(entries.checkHeaderRename)

/** Words for a template that this gateway can't run. */
export function checkTemplate(text: string): string | undefined {
  try {
    compileTemplate(text)
    return undefined
  } catch (error) {
    if (error instanceof UnsupportedLua) return `unsupported template: ${error.message}`
    throw error
  }
}
