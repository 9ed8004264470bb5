import fc from 'fast-check'

/** Pieces of YAML that change the meaning of what follows them. */
const FRAGMENTS = [
  ...['&a ', '*a', '<<: *a\n', '!!str ', '| \n', '>-\n', '? ', ': ', '- ', '[', ']', '{', '}', '"', "'", '#', '%'],
  ...[
    '<<: ',
    '&b [*b]\n',
    '!!binary ',
    '!x ',
    '|5\n',
    '>+\n',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '"\\x',
    '$'.concat('{{ env "X" }}'),
  ],
]

/** Characters and scalars that readers of YAML and of JSON disagree about. */
const ODD = [
  '\0',
  '\t',
  '\r\n',
  '\ufeff',
  '\ud800',
  '\u2028',
  '0x1F',
  '1e999',
  '-0',
  '.nan',
  '1:2:3',
  '~',
  'yes',
  '\ue000',
]

/** One change to a text: characters taken out, and others put in. */
export interface Damage {
  readonly at: number
  readonly drop: number
  readonly insert: string
}

export const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(20_000),
  drop: fc.oneof(fc.constant(0), fc.nat(30)),
  insert: fc.oneof(fc.constantFrom(...FRAGMENTS, ...ODD), fc.string({ unit: 'binary', maxLength: 6 })),
})

export function applyDamage(text: string, { at, drop, insert }: Damage): string {
  const place = at % (text.length + 1)
  return text.slice(0, place) + insert + text.slice(place + drop)
}
