const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`

/** The three forms of RFC 9110, section 5.6.7; as in nginx, the day of the week and the zone may be anything. */
const FORMS = [
  new RegExp(String.raw`^[^,]*, *(?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${TIME}`),
  new RegExp(String.raw`^[^,]*, *(?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${TIME}`),
  new RegExp(String.raw`^[^ ,]+ (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`),
]

/** Reads the time of a header: seconds since the epoch; undefined for any other text. */
export function parseHttpTime(text: string): number | undefined {
  for (const form of FORMS) {
    const { day = '', month = '', year = '', hour, minute, second } = form.exec(text)?.groups ?? {}
    const monthIndex = MONTHS.indexOf(month)
    if (monthIndex < 0) continue
    const fullYear = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900)
    const time = Date.UTC(fullYear, monthIndex, Number(day), Number(hour), Number(minute), Number(second)) / 1000
    return new Date(time * 1000).getUTCDate() === Number(day) && Number(hour) < 24 ? time : undefined
  }
  return undefined
}
