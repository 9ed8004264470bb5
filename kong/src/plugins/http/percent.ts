/** Undoes percent-encoding in a query or form; `+` is a blank and a bad `%` stays as it is. Wire text in and out. */
export function decodePercent(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
