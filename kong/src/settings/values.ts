/** How values are written in nginx's and Kong's settings. */
import { SettingError } from './setting-error.ts'

/** nginx's sizes: bytes, or kibibytes, mebibytes and gibibytes with `k`, `m` and `g`; 0 is no limit. */
export function readSize(value: string, name: string): number {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(value) ?? []
  if (digits === undefined) throw new SettingError(`${name} is a size such as 10m, not '${value}'`)
  const bytes = Number(digits) * 1024 ** ' kmg'.indexOf(unit.toLowerCase() || ' ')
  return bytes === 0 ? Number.POSITIVE_INFINITY : bytes
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, '': 1000, s: 1000, m: 60_000, h: 3_600_000 }

/** nginx's times: seconds, or with `ms`, `s`, `m` or `h`. Milliseconds, above 0 and at most a day. */
export function readDuration(value: string, name: string): number {
  const [, digits, unit = ''] = /^(\d+)(ms|[smh]?)$/.exec(value) ?? []
  const duration = Number(digits) * (milliseconds[unit] ?? Number.NaN)
  if (!(duration > 0 && duration <= 86_400_000)) {
    throw new SettingError(`${name} is a time such as 500ms, 10s or 2m, not '${value}'`)
  }
  return duration
}

/** A number of things, at least 1. */
export function readCount(value: string, name: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new SettingError(`${name} is a whole number above 0, not '${value}'`)
  return Number(value)
}
