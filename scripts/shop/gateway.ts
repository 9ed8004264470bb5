import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { type Home, projectRoot } from '../home.ts'
import { findFreePort, isFree } from '../ports.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'

export interface GatewayPorts {
  readonly proxy: number
  readonly admin: number
}

/** The gateway's ports as the command line asks for them; 0 is any free one.
 *  @throws UserError when one is no port or is taken. */
export async function choosePorts(options: Readonly<Record<string, string>>): Promise<GatewayPorts> {
  return { proxy: await choosePort(options, 'proxy-port', 8000), admin: await choosePort(options, 'admin-port', 8001) }
}

async function choosePort(options: Readonly<Record<string, string>>, name: string, otherwise: number): Promise<number> {
  const given = options[name]
  if (given !== undefined && !/^\d{1,5}$/.test(given))
    throw new UserError(`--${name} wants a port number, not "${given}".`)
  const port = Number(given ?? otherwise)
  if (port > 65_535) throw new UserError(`--${name} ${port} is no port; the highest is 65535.`)
  if (port === 0) return await findFreePort()
  if (await isFree(port)) return port
  throw new UserError(
    `Port ${port} of 127.0.0.1 is taken, and the gateway was to listen there.\n` +
      `Stop what listens on it, or choose another: npm start -- --${name} ${port + 1000} (0 for any free one).`,
  )
}

/** The embedded gateway on `kong.yml`. */
export function planGateway(home: Home, ports: GatewayPorts, config: string): ProcessSpec {
  const listen = ['--proxy-listen', `127.0.0.1:${ports.proxy}`, '--admin-listen', `127.0.0.1:${ports.admin}`]
  return {
    name: 'gateway',
    kind: 'gateway',
    after: [],
    command: process.execPath,
    args: [
      join(projectRoot, 'kong', 'src', 'main.ts'),
      ...['start', '--config', config, '--env-file', home.kongEnvFile],
      ...listen,
    ],
    env: {},
    ports: [ports.proxy, ports.admin],
    ipc: true,
    stopSignal: 'SIGTERM',
    probe: `http://127.0.0.1:${ports.admin}/status`,
    title: `http://127.0.0.1:${ports.proxy}`,
  }
}
