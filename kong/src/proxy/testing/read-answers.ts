/** An answer as a client understands it. */
export interface ReadAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
  /** Whether it came to its end. */
  readonly whole: boolean
}

/** Not what HTTP/1.1 says an answer is. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/**
 * Reads the answers to requests of the given methods from what came on a connection until its end, strictly.
 * @throws NoAnswer
 */
export function readAnswers(text: string, methods: readonly string[]): ReadAnswer[] {
  const answers: ReadAnswer[] = []
  let rest = text
  for (const method of methods) {
    while (rest.startsWith('HTTP/1.1 100 ')) rest = rest.slice(rest.indexOf('\r\n\r\n') + 4)
    if (rest === '') return answers
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.slice(0, end < 0 ? undefined : end)
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? Number.NaN)
    if (end < 0 || Number.isNaN(status)) throw new NoAnswer(head.slice(0, 200))
    const { body, used, whole } = readBody(rest.slice(end + 4), head, method === 'HEAD' || isBodiless(status))
    answers.push({ status, head, body, whole })
    rest = rest.slice(end + 4 + used)
    if (!whole) return answers
  }
  if (rest !== '') throw new NoAnswer(`more than was asked for: ${rest.slice(0, 200)}`)
  return answers
}

const isBodiless = (status: number): boolean => status === 101 || status === 204 || status === 304

function readBody(rest: string, head: string, none: boolean): { body: string; used: number; whole: boolean } {
  if (none) return { body: '', used: 0, whole: true }
  const length = /^content-length: (\d+)$/im.exec(head)?.[1]
  const chunked = /^transfer-encoding: chunked$/im.test(head)
  if (length !== undefined && chunked) throw new NoAnswer('both a length and chunks')
  if (chunked) return readChunks(rest)
  const wanted = length === undefined ? rest.length : Number(length)
  return { body: rest.slice(0, wanted), used: Math.min(wanted, rest.length), whole: rest.length >= wanted }
}

function readChunks(rest: string): { body: string; used: number; whole: boolean } {
  let body = ''
  let at = 0
  for (;;) {
    const line = /^([0-9a-f]+)\r\n/.exec(rest.slice(at, at + 20))
    if (!line) {
      if (rest.length - at > 18) throw new NoAnswer('no chunk')
      return { body, used: rest.length, whole: false }
    }
    const size = Number.parseInt(line[1] ?? '', 16)
    const start = at + line[0].length
    body += rest.slice(start, start + size)
    at = start + size + 2
    if (at > rest.length) return { body, used: rest.length, whole: false }
    if (rest.slice(at - 2, at) !== '\r\n') throw new NoAnswer('a chunk without an end')
    if (size === 0) return { body, used: at, whole: true }
  }
}
