/** A number in Lua's own words (`%.14g`): whole numbers without a point, big ones as `1e+14`. */
export function luaNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  // Most numbers are counts, and 14 digits hold them as they are.
  if (value !== 0 && Number.isInteger(value) && Math.abs(value) < 1e14) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const exponent = Number(value.toExponential(13).split('e')[1])
  if (exponent >= -4 && exponent < 14) return String(Number(value.toPrecision(14)))
  const [digits = '', power = ''] = value.toExponential(13).split('e')
  const mantissa = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
  return `${mantissa}e${power[0]}${power.slice(1).padStart(2, '0')}`
}
