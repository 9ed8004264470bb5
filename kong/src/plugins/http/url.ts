/** Kong's words for a text that has no host or no scheme. Source: LuaSocket's url.parse, which Kong checks with. */
export function checkUrl(text: string): string | undefined {
  const [, scheme, authority = ''] = /^(?:([A-Za-z0-9][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/.exec(text) ?? []
  const host = authority.replace(/^[^@]*@/, '').replace(/:[^:\]]*$/, '')
  if (host === '') return 'missing host in url'
  return scheme === undefined ? 'missing scheme in url' : undefined
}

/** What stands before the host, as it is written. */
export const userInfoOf = (text: string): string | undefined => /^[^/?#]*\/\/([^/?#@]*)@/.exec(text)?.[1]
