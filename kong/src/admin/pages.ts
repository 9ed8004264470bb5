/** Lists, a page at a time. Source: Kong 3.9, kong/db/dao and kong/api/endpoints.lua. */
import { type AdminAnswer, failure, ok } from './answer.ts'
import type { Entity } from './look-up.ts'

const DEFAULT_SIZE = 100
const MOST_SIZE = 1000
const MOST_TAGS = 5

/**
 * @param path of the list, for `next`.
 * @param show what is answered for each.
 */
export function answerPage(
  entities: readonly Entity[],
  query: URLSearchParams,
  path: string,
  show: (entity: Entity) => object = (entity) => entity,
): AdminAnswer {
  const size = readSize(query.get('size'))
  if (typeof size === 'string') return failure(400, 9, 'invalid size', size)
  const after = readOffset(query.get('offset'))
  if (after === null) {
    return failure(400, 7, 'invalid offset', `'${query.get('offset')}' is not a valid offset: bad base64 encoding`)
  }
  const tags = readTags(query.get('tags'))
  if (typeof tags === 'string')
    return failure(400, 11, 'invalid options', `invalid option (tags: ${tags})`, { options: { tags } })
  const matching = entities.filter((entity) => tags(entity.tags as readonly string[] | null | undefined))
  const start = after === undefined ? 0 : matching.findIndex(({ id }) => id === after)
  const page = (start < 0 ? [] : matching.slice(start, start + size)).map(show)
  const next = start < 0 ? undefined : matching[start + size]
  if (!next) return ok({ data: page, next: null })
  const offset = Buffer.from(next.id).toString('base64')
  return ok({ data: page, next: nextPath(path, offset, query), offset })
}

function readSize(given: string | null): number | string {
  if (given === null) return DEFAULT_SIZE
  const size = given.trim() === '' ? Number.NaN : Number(given)
  if (Number.isNaN(size)) return 'size must be a number'
  return Number.isInteger(size) && size >= 1 && size <= MOST_SIZE
    ? size
    : `size must be an integer between 1 and ${MOST_SIZE}`
}

/** Null for what is no base64. */
function readOffset(given: string | null): string | undefined | null {
  if (given === null) return undefined
  const plain = given.replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/_-]*$/.test(plain) || plain.length % 4 === 1) return null
  return Buffer.from(given, 'base64').toString('utf8')
}

type TagFilter = (tags: readonly string[] | null | undefined) => boolean

/** `a,b` asks for both, `a/b` for either. A text says why it can't be. */
function readTags(given: string | null): TagFilter | string {
  if (given === null) return () => true
  if (given === '') return 'cannot be null'
  const all = given.includes(',')
  if (all && given.includes('/')) return 'invalid filter syntax'
  const wanted = given.split(all ? ',' : '/')
  if (wanted.some((tag) => tag === '')) return 'invalid filter syntax'
  if (wanted.length > MOST_TAGS) return `cannot query more than ${MOST_TAGS} tags`
  const hold = (tags: readonly string[]) => (tag: string) => tags.includes(tag)
  return (tags) => (all ? wanted.every(hold(tags ?? [])) : wanted.some(hold(tags ?? [])))
}

function nextPath(path: string, offset: string, query: URLSearchParams): string {
  const parts = [`offset=${encodeURIComponent(offset)}`]
  for (const name of ['size', 'tags']) {
    const value = query.get(name)
    if (value !== null) parts.push(`${name}=${encodeURIComponent(value)}`)
  }
  return `${path}?${parts.join('&')}`
}
