/** A text of more characters, or a document of more values, is read in a thread: reading it takes over 50 ms. */
const textLimit = 32_768
const valueLimit = 2000

/** Whether reading it would keep requests waiting. */
export function isLarge(text: string | object): boolean {
  if (typeof text === 'string') return text.length > textLimit
  let values = 0
  const waiting: unknown[] = [text]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue
    for (const member of Object.values(value)) {
      if (++values > valueLimit) return true
      if (member !== undefined) waiting.push(member)
    }
  }
  return false
}
