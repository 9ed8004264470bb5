/** What differs from run to run, and the words that stand for it in the vectors. */

/** Random ids, version 4; name-based ones (version 5) stay as they are. */
export const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g

export const VOLATILE_HEADERS: Readonly<Record<string, string>> = {
  'x-kong-request-id': '<id>',
  'x-kong-upstream-latency': '<ms>',
  'x-kong-proxy-latency': '<ms>',
  'x-kong-response-latency': '<ms>',
  'x-kong-admin-latency': '<ms>',
  'ratelimit-reset': '<s>',
  'retry-after': '<s>',
  date: '<date>',
  age: '<s>',
  'x-cache-key': '<key>',
}

/** Random ids become `<uuid>`, but for those that the case itself names. */
export const maskUuids = (text: string, known: string): string =>
  text.replace(UUID, (uuid) => (known.includes(uuid) ? uuid : '<uuid>'))

const REQUEST_IDS = [/(request_id"?: ?"?)[0-9a-f]{32}/g, /(<requestid>)[0-9a-f]{32}/g]

export const maskRequestIds = (text: string): string =>
  REQUEST_IDS.reduce((masked, pattern) => masked.replace(pattern, '$1<id>'), text)

const DAY_IN_SECONDS = 86_400

/** Times of creation that are of today, and the machine's name. */
export function maskTimes(text: string): string {
  return text
    .replace(/((?:created|updated)_at\\?"? ?: ?)(\d{10}(?:\.\d+)?)/g, (whole, key: string, time: string) => {
      if (Math.abs(Number(time) - Date.now() / 1000) >= DAY_IN_SECONDS) return whole
      return `${key}${/[^\\]"/.test(key) ? '"<time>"' : '<time>'}`
    })
    .replace(/("hostname":)"[^"]*"/g, '$1"<hostname>"')
}
