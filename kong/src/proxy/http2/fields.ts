/** Headers of HTTP/1.1's connections, which HTTP/2 does not have (RFC 9113, 8.2.2). */
const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/**
 * Header lines as HTTP/2 has them: names in lower case, nothing of the connection, values on one line.
 * @param lines name, value, name, value, …
 */
export function fieldsOf(lines: readonly string[]): string[] {
  const fields: string[] = []
  for (let i = 0; i < lines.length; i += 2) {
    const name = (lines[i] ?? '').toLowerCase()
    if (!ofConnections.has(name)) fields.push(name, (lines[i + 1] ?? '').replace(/[\r\n\0]/g, ' ').trim())
  }
  return fields
}
