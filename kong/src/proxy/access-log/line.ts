import type { Exchange } from '../../exchange.ts'
import type { AnswerWriter } from '../response-writer.ts'
import { redactUrl } from './redact.ts'

/** nginx's status for a client that went away before it was answered. */
const clientGone = 499

/**
 * A line in the format that Kong gives its access log, `kong_log_format` of nginx_kong.lua: nginx's combined format and the
 * request id. Secrets in URLs are redacted, and `$remote_user` is always `-`, since it comes from Authorization.
 */
export function accessLine(exchange: Exchange, writer: Pick<AnswerWriter, 'bytesWritten' | 'headBytes'>): string {
  const { request, response } = exchange
  const { method, target, httpVersion, headers } = request
  const asked = method === '' ? '' : escaped(`${method} ${redactUrl(target)} HTTP/${httpVersion}`)
  const bodyBytes = Math.max(0, writer.bytesWritten - writer.headBytes)
  const referer = headers.get('referer')
  const agent = headers.get('user-agent')
  return (
    `${request.clientAddress} - - [${localTime(exchange.worker.now())}] "${asked}" ` +
    `${response?.status ?? clientGone} ${bodyBytes} ` +
    `"${referer === undefined ? '-' : escaped(redactUrl(referer))}" "${agent === undefined ? '-' : escaped(agent)}" ` +
    `kong_request_id: "${exchange.id}"\n`
  )
}

/** As nginx escapes: no byte of a client's ends a field or a line. Source: ngx_http_log_escape. */
const escaped = (text: string): string => text.replace(/[^ !\x23-\x5b\x5d-\x7e]/g, escapedBytes)

function escapedBytes(character: string): string {
  const bytes = Buffer.from(character, character.charCodeAt(0) > 0xff ? 'utf8' : 'latin1')
  return [...bytes].map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
let timeText = ''
let timeSecond = 0

/** nginx's `$time_local`; made once a second. */
function localTime(now: number): string {
  const second = Math.floor(now / 1000)
  if (second === timeSecond) return timeText
  timeSecond = second
  const date = new Date(second * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const day = `${two(date.getDate())}/${months[date.getMonth()]}/${date.getFullYear()}`
  timeText = `${day}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`
  return timeText
}
