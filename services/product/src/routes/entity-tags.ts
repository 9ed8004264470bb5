import { AppError } from '@portico/service-kit'

/** The entity tag of a version (RFC 9110, 8.8.3). */
export const etagOf = (version: number): string => `"${version}"`

/** The versions that an If-Match or If-None-Match names; a weak or foreign tag is none of ours. */
export function versionsIn(header: string): readonly number[] | 'any' {
  if (header.trim() === '*') return 'any'
  return header.split(',').flatMap((tag) => {
    const version = /^\s*"(\d{1,9})"\s*$/.exec(tag)?.[1]
    return version ? [Number(version)] : []
  })
}

/** The versions a change may be made to. @throws AppError precondition_required without If-Match */
export function requiredVersions(ifMatch: string | undefined): readonly number[] | 'any' {
  if (ifMatch === undefined) throw new AppError('precondition_required')
  const versions = versionsIn(ifMatch)
  if (versions !== 'any' && versions.length === 0) throw new AppError('precondition_failed')
  return versions
}
