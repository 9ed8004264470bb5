import { AppError } from '@portico/service-kit'

/** The entity tag of a version (RFC 9110, 8.8.3). */
export const etagOf = (version: number): string => `"${version}"`

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
