import { AppError } from '@portico/service-kit'

/** The entity tag of a version (RFC 9110, 8.8.3); `representation` tells it from others of the same version. */
export const etagOf = (version: number, representation = ''): string => `"${representation}${version}"`

/** Whether an If-None-Match names this tag, weakened or not. */
export const isNamedBy = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag)

/**
 * The versions that an If-Match or If-None-Match names; a foreign tag is none of ours.
 * @param comparison `weak` takes a weakened tag too, as If-None-Match does (RFC 9110, 8.8.3.2)
 */
export function versionsIn(header: string, comparison: 'strong' | 'weak'): readonly number[] | 'any' {
  if (header.trim() === '*') return 'any'
  const tag = comparison === 'weak' ? /^\s*(?:W\/)?"(\d{1,9})"\s*$/ : /^\s*"(\d{1,9})"\s*$/
  return header.split(',').flatMap((each) => {
    const version = tag.exec(each)?.[1]
    return version ? [Number(version)] : []
  })
}

/** The versions a change may be made to. @throws AppError precondition_required without If-Match */
export function requiredVersions(ifMatch: string | undefined): readonly number[] | 'any' {
  if (ifMatch === undefined) throw new AppError('precondition_required')
  return versionsIn(ifMatch, 'strong')
}
