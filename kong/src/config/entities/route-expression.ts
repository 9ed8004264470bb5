/** What Kong's first look at a regular expression (PCRE's) finds wrong with it. */
export function checkPcre(_pattern: string): string | undefined {
  return undefined
}

/** What the router finds wrong with a route's predicates. */
export function checkRouterExpression(_route: object): string | undefined {
  return undefined
}
