import type { Route, Service } from '../config/entities.ts'
import type { HeaderList } from '../headers.ts'

/** What the router looks at. */
export interface RoutingInput {
  readonly method: string
  /** The target's path as sent, without the query. */
  readonly rawPath: string
  /** The Host header as sent; undefined without one. */
  readonly host: string | undefined
  /** The port that clients see, for hosts with a port where the Host header names none. */
  readonly port: number
  readonly scheme: 'http' | 'https'
  readonly sni: string | undefined
  readonly headers: HeaderList
}

export interface RouteMatch {
  readonly route: Route
  readonly service: Service | undefined
  /** The normalised path: percent-decoded but for reserved characters, dot segments and double slashes removed. */
  readonly path: string
  /** The text that the path predicate matched: what `strip_path` takes off. Empty where the route has no paths. */
  readonly matchedPath: string
  /** Groups of a regular expression by number and by name; undefined where there are none besides the whole. */
  readonly captures: Readonly<Record<string, string>> | undefined
}

/** A compiled set of routes: first match wins. */
export interface Router {
  match(input: RoutingInput): RouteMatch | undefined
}
