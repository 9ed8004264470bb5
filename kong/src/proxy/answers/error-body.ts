import type { NegotiatedType } from './negotiation.ts'

/** The body of an error, byte for byte as Kong 3.9 writes it; the message is not escaped, as it is not in Kong. */
export function errorBody(type: NegotiatedType, message: string, requestId: string): string {
  switch (type) {
    case 'application/json':
      return `{\n  "message":"${message}",\n  "request_id":"${requestId}"\n}`
    case 'text/plain':
      return `${message}\nrequest_id: ${requestId}\n`
    case 'application/xml':
      return `<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>${message}</message>\n  <requestid>${requestId}</requestid>\n</error>\n`
    case 'text/html':
      return htmlBody(message, requestId)
  }
}

const htmlBody = (message: string, requestId: string): string => `<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <title>Error</title>
  </head>
  <body>
    <h1>Error</h1>
    <p>${message}.</p>
    <p>request_id: ${requestId}</p>
  </body>
</html>
`

/** nginx's own page for a status, in its plainest form. */
export const nginxPage = (title: string): string => pageOf(title, title, '')

/** The page for HTTP without TLS on a port that is for TLS. Source: nginx 1.25, ngx_http_error_497_page. */
export const plainOnTlsPage = pageOf(
  '400 The plain HTTP request was sent to HTTPS port',
  '400 Bad Request',
  '<center>The plain HTTP request was sent to HTTPS port</center>\r\n',
)

function pageOf(title: string, heading: string, more: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${more}</body>\r\n</html>\r\n`
}
