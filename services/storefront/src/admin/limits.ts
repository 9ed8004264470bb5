const spans = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

/** A rate-limiting plugin's limits in words: `10 a minute, 100 an hour by ip`. */
export function describeLimit(config: Readonly<Record<string, unknown>>): string {
  const limits = spans.flatMap((span) => {
    const count = config[span]
    return typeof count === 'number' ? [`${count} ${span === 'hour' ? 'an' : 'a'} ${span}`] : []
  })
  return `${limits.join(', ')} by ${String(config.limit_by ?? 'consumer')}`
}
