/** What an upstream path is made of. */
export interface PathParts {
  /** The service's path. */
  readonly base: string | null
  /** The normalised path of the request, and the part of it that the route matched. */
  readonly path: string
  readonly matched: string
  readonly strip: boolean
}

/**
 * The path for the upstream, escaped. Source: Kong 3.9, path_handling v0 in kong/router and kong-behaviour 2.6.
 */
export const upstreamPath = (parts: PathParts): string => escapePath(joinPath(parts))

function joinPath({ base, path, matched, strip }: PathParts): string {
  const root = base ?? '/'
  // A route without paths has matched nothing that could be taken off.
  const stripped = strip && matched !== '' ? afterPrefix(path, matched) : undefined
  if (stripped === undefined) return joinWhole(root, path)
  if (root.endsWith('/')) {
    if (stripped === '') return root === '/' || path.endsWith('/') ? root : root.slice(0, -1)
    return stripped.startsWith('/') ? root.slice(0, -1) + stripped : root + stripped
  }
  if (stripped === '') return path.length > 1 && path.endsWith('/') ? `${root}/` : root
  return stripped.startsWith('/') ? root + stripped : `${root}/${stripped}`
}

function joinWhole(root: string, path: string): string {
  if (root.endsWith('/')) return root + path.slice(1)
  return path === '/' ? root : root + path
}

/** The path after what was matched; dots that would climb out of the service's path are dropped. */
function afterPrefix(path: string, matched: string): string {
  const rest = path.slice(matched.length)
  if (rest === '.' || rest === '..') return ''
  return rest.replace(/^\.\.?\//, '')
}

/** Escapes every byte that Kong does not let through; `%` stays, since what is encoded stays so. */
export function escapePath(path: string): string {
  return path.replace(
    /[^!#$&'()*+,/:;=?@[\]A-Za-z0-9\-_.~%]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
