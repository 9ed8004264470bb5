/**
 * Puts ports and words in: `"{{a.port}}"` as a whole JSON value becomes a number, inside a text its digits;
 * `{{word}}` becomes `words.word`.
 */
export function fill<T>(value: T, ports: Record<string, number>, words: Record<string, string> = {}): T {
  let text = typeof value === 'string' ? value : JSON.stringify(value)
  text = text.replace(/"\{\{(\w+)\.port\}\}"/g, (_, name: string) => String(ports[name]))
  text = text.replace(/\{\{(\w+)\.port\}\}/g, (_, name: string) => String(ports[name]))
  for (const [word, replacement] of Object.entries(words)) text = text.replaceAll(`{{${word}}}`, replacement)
  return (typeof value === 'string' ? text : JSON.parse(text)) as T
}
