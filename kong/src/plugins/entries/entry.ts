/** Takes `name:value` apart: colons before the value are dropped, as Kong does. The value may be empty. */
export function splitEntry(text: string): { readonly name: string; readonly value: string } {
  const [, name = '', value = ''] = /^([^:]+):*(.*)$/s.exec(text) ?? []
  return { name, value }
}
