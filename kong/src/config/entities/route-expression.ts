import { compileRustRegex } from '../../router/rust-regex.ts'
import { isNonEmpty } from '../schema/lua-table.ts'

interface Predicates {
  readonly methods?: readonly string[] | null
  readonly hosts?: readonly string[] | null
  readonly paths?: readonly string[] | null
  readonly snis?: readonly string[] | null
  readonly headers?: Readonly<Record<string, readonly string[]>> | null
}

/**
 * What the router finds wrong with a route's predicates: Kong writes them as one expression and tells where in it the
 * fault lies (kong/router/transform.lua, atc-router).
 */
export function checkRouterExpression(route: Predicates): string | undefined {
  if (
    !route.paths?.some(isRegex) &&
    !Object.values(route.headers ?? {}).some((values) => values.length === 0 || values.some(isHeaderRegex))
  )
    return undefined
  const { text, terms } = writeExpression(route)
  for (const { at, token, pattern } of terms) {
    if (token === '') return explain(text, at, '---', 'expected term')
    const compiled = pattern === undefined ? undefined : compileRustRegex(pattern)
    if (compiled && !compiled.ok)
      return explain(text, at, `${'-'.repeat(Math.max(token.length - 2, 0))}^`, compiled.reason)
  }
  return undefined
}

const explain = (expression: string, at: number, mark: string, reason: string): string =>
  `Router Expression failed validation:  --> 1:${at + 1}\n  |\n1 | ${expression}\n  | ${' '.repeat(at)}^${mark}\n  |\n  = ${reason}`

/** A text of the expression that may be at fault: a pattern, or the place of a term that is missing. */
interface Term {
  readonly at: number
  readonly token: string
  readonly pattern: string | undefined
}

const isRegex = (path: string): boolean => path.startsWith('~')
const isHeaderRegex = (value: string): boolean => value.startsWith('~*')

/** The expression being written, with the places of its patterns. */
class Expression {
  text = ''
  readonly terms: Term[] = []

  /** `(a || b || …)`; without members `()`, which is no expression. */
  anyOf<T>(members: readonly T[], write: (member: T) => void): void {
    this.text += '('
    if (members.length === 0) this.terms.push({ at: this.text.length, token: '', pattern: undefined })
    members.forEach((member, i) => {
      if (i > 0) this.text += ' || '
      write(member)
    })
    this.text += ')'
  }

  compare(field: string, operator: string, value: string): void {
    this.text += `${field} ${operator} `
    const token = `r#"${value}"#`
    this.terms.push({ at: this.text.length, token, pattern: operator === '~' ? value : undefined })
    this.text += token
  }

  and(): void {
    if (this.text !== '') this.text += ' && '
  }
}

function writeExpression({ snis, methods, hosts, paths, headers }: Predicates): Expression {
  const expression = new Expression()
  if (isNonEmpty(snis)) {
    expression.text += '(net.protocol != r#"https"# || '
    expression.anyOf(snis ?? [], (sni) => writeWildcard(expression, 'tls.sni', sni.replace(/\.$/, '')))
    expression.text += ')'
  }
  if (isNonEmpty(methods)) {
    expression.and()
    expression.anyOf(methods ?? [], (method) => expression.compare('http.method', '==', method))
  }
  if (isNonEmpty(hosts)) {
    expression.and()
    expression.anyOf(hosts ?? [], (host) => writeHost(expression, host))
  }
  if (isNonEmpty(paths)) {
    expression.and()
    expression.anyOf(paths ?? [], (path) => writePath(expression, path))
  }
  if (isNonEmpty(headers)) writeHeaders(expression, headers ?? {})
  return expression
}

function writeWildcard(expression: Expression, field: string, name: string): void {
  if (name.startsWith('*')) expression.compare(field, '=^', name.slice(1))
  else if (name.endsWith('*')) expression.compare(field, '^=', name.slice(0, -1))
  else expression.compare(field, '==', name)
}

function writeHost(expression: Expression, host: string): void {
  const [, name = host, port] = /^(.*):(\d+)$/.exec(host) ?? []
  if (port !== undefined) expression.text += '('
  writeWildcard(expression, 'http.host', name)
  if (port !== undefined) expression.text += ` && net.dst.port == ${port})`
}

function writePath(expression: Expression, path: string): void {
  if (isRegex(path)) expression.compare('http.path', '~', `^${path.slice(1).replaceAll('?<', '?P<')}`)
  else expression.compare('http.path', '^=', path)
}

function writeHeaders(expression: Expression, headers: Readonly<Record<string, readonly string[]>>): void {
  expression.and()
  Object.entries(headers).forEach(([name, values], i) => {
    if (i > 0) expression.and()
    const field = `any(lower(http.headers.${name.replaceAll('-', '_').toLowerCase()}))`
    expression.anyOf(values, (value) => {
      if (isHeaderRegex(value)) expression.compare(field, '~', value.slice(2).toLowerCase())
      else expression.compare(field, '==', value.toLowerCase())
    })
  })
}
