/**
 * Whether a trace is exported: never where the caller said no; else by its id, so that every gateway decides the same.
 * Source: Kong 3.9, kong/pdk/tracing.lua.
 */
export function decide(traceId: string, parentSampled: boolean | undefined, rate: number): boolean {
  if (parentSampled === false) return false
  if (rate >= 1) return true
  return Number(BigInt(`0x${traceId.slice(16)}`) >> 1n) < rate * 2 ** 63
}
