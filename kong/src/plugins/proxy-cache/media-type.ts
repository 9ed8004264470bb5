interface MediaType {
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
}

function parse(text: string): MediaType {
  const [range = '', ...rest] = text.split(';')
  const [type = '', subtype = ''] = range.trim().toLowerCase().split('/')
  const parameters = rest.map((piece) => {
    const [name = '', value = ''] = piece.trim().split('=')
    return [name.toLowerCase(), value.replace(/^"(.*)"$/, '$1')] as const
  })
  return { type, subtype, parameters: new Map(parameters) }
}

/** Whether a Content-Type is of a wanted one: `*` stands for any part, parameters must be the same. */
export function includesMediaType(wanted: string, given: string): boolean {
  const [a, b] = [parse(wanted), parse(given)]
  const agrees = (want: string, have: string) => want === '*' || want === have
  if (!agrees(a.type, b.type) || !agrees(a.subtype, b.subtype) || a.parameters.size !== b.parameters.size) return false
  return [...a.parameters].every(([name, value]) => b.parameters.get(name) === value)
}
