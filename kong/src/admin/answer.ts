/** An answer of the Admin API. An object becomes compact JSON; `html` is a page of nginx's own. */
export interface AdminAnswer {
  readonly status: number
  readonly body?: object | string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Carries no CORS headers, so that a page of another origin can't read it. */
  readonly closed?: true
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Not Allowed',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
}

export const ok = (body: object): AdminAnswer => ({ status: 200, body })
export const noContent: AdminAnswer = { status: 204 }
export const message = (status: number, text: string): AdminAnswer => ({ status, body: { message: text } })
export const notFound = message(404, 'Not found')
export const methodNotAllowed = message(405, 'Method not allowed')

/** An error of Kong's data layer. */
export const failure = (status: number, code: number, name: string, text: string, more: object = {}): AdminAnswer => ({
  status,
  body: { code, name, message: text, ...more },
})

/** The page that nginx answers where Kong has no say. */
export function nginxPage(status: number): AdminAnswer {
  const title = `${status} ${REASONS[status] ?? ''}`
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  return { status, body, type: 'text/html; charset=UTF-8' }
}
