import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Home, makeHome, openHome } from '../home.ts'
import { findFreePort } from '../ports.ts'
import type { ProcessSpec } from './process-spec.ts'
import type { Report } from './report.ts'

/** Says nothing. */
export const silent: Report = { begin: () => {}, done: () => {}, note: () => {}, end: () => {} }

/** A small real server: answers 200 to everything on its port. `script` runs before it listens. */
export async function standIn(
  name: string,
  options: Partial<ProcessSpec> & { readonly script?: string } = {},
): Promise<ProcessSpec> {
  const { script = '', ...rest } = options
  const port = await findFreePort()
  const serve = `require('node:http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1')`
  return {
    name,
    kind: 'service',
    after: [],
    command: process.execPath,
    args: ['-e', `${script};${serve}`],
    env: {},
    ports: [port],
    ipc: false,
    stopSignal: 'SIGTERM',
    probe: `http://127.0.0.1:${port}/`,
    ...rest,
  }
}

/** A home that is gone after `remove`; its path has a space, as many a real one. */
export async function temporaryHome(): Promise<{ readonly home: Home; remove(): void }> {
  const root = mkdtempSync(join(tmpdir(), 'portico home-'))
  const home = openHome(root)
  await makeHome(home)
  return { home, remove: () => rmSync(root, { recursive: true, force: true }) }
}
