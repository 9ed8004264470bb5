import { readFileSync } from 'node:fs'
import net from 'node:net'

let known: ReadonlyMap<string, string> | undefined

/** Name → IPv4 address, of the machine's hosts file; read once, as Kong does. */
export function hostsFile(): ReadonlyMap<string, string> {
  known ??= parseHosts(readHosts())
  return known
}

function readHosts(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8')
  } catch {
    return ''
  }
}

function parseHosts(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (!net.isIPv4(address)) continue
    for (const alias of aliases) if (!names.has(alias.toLowerCase())) names.set(alias.toLowerCase(), address)
  }
  return names
}
