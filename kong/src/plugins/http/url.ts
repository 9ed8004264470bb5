/** Kong's words for a text that is no URL with a host. */
export function checkUrl(text: string): string | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  return hasScheme && URL.canParse(text) && new URL(text).host !== '' ? undefined : 'missing host in url'
}
