import { normalisePath } from '../config/paths.ts'
import type { HeaderList } from '../headers.ts'
import type { RoutingInput } from './router.ts'

/** Kong hands its router the first hundred header lines. */
const MOST_HEADERS = 100

/** A request as predicates look at it. What few of them need is worked out when it is first asked for. */
export class RequestView {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly sni: string | undefined
  /** Normalised, latin1. */
  readonly path: string
  /** The Host header without its port. */
  readonly host: string
  /** The port in the Host header, else the one that the request came in by. */
  readonly port: number
  readonly #headers: HeaderList
  #text: string | undefined

  constructor(input: RoutingInput) {
    this.method = input.method
    this.scheme = input.scheme
    this.sni = input.sni
    this.path = normalisePath(input.rawPath)
    this.#headers = input.headers
    const host = input.host ?? ''
    const colon = host.indexOf(':')
    const port = colon < 0 ? '' : host.slice(colon + 1)
    const hasPort = /^\d+$/.test(port)
    this.host = hasPort ? host.slice(0, colon) : host
    this.port = hasPort ? Number(port) : input.port
  }

  /** The path as characters, for regular expressions. */
  get pathText(): string {
    this.#text ??= toText(this.path)
    return this.#text
  }

  /** Whether the path is UTF-8; Kong's router can't match another one. */
  get pathIsText(): boolean {
    return isText(this.path)
  }

  /** Whether a header is UTF-8, as Kong's router asks of every one that some route looks at. */
  headerIsText(name: string): boolean {
    return this.#find(name).every(isText)
  }

  /**
   * The values of a header, lower-cased. As in Kong, a header that is really spelt with underscores comes before
   * one with dashes.
   */
  headerValues(name: string): readonly string[] {
    return this.#find(name).map((value) => toText(value).toLowerCase())
  }

  #find(name: string): readonly string[] {
    const dashed = name.toLowerCase().replaceAll('_', '-')
    const exact = this.#valuesOf(dashed.replaceAll('-', '_'))
    return exact.length > 0 || !dashed.includes('-') ? exact : this.#valuesOf(dashed)
  }

  #valuesOf(name: string): string[] {
    const { lines } = this.#headers
    const values: string[] = []
    for (let i = 0; i < lines.length && i < MOST_HEADERS * 2; i += 2) {
      if ((lines[i] as string).toLowerCase() === name) values.push(lines[i + 1] as string)
    }
    return values
  }
}

const isAscii = (text: string): boolean => !/[\x80-\xff]/.test(text)

const isText = (latin1: string): boolean =>
  isAscii(latin1) || Buffer.from(Buffer.from(latin1, 'latin1').toString('utf8'), 'utf8').toString('latin1') === latin1

const toText = (latin1: string): string => (isAscii(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8'))
