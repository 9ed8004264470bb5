import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** The root folder of this checkout. */
export const projectRoot = resolve(import.meta.dirname, '..')

/** Tools installed once and shared by every home of this checkout. */
export const toolsFolder = join(projectRoot, '.portico', 'tools')

/** The folder of one running copy of the shop, and where everything stands in it. */
export interface Home {
  readonly root: string
  readonly logs: string
  readonly keysFile: string
  readonly kongEnvFile: string
  readonly secretsFile: string
  readonly runFile: string
  readonly lockFile: string
  /** How many processes of each service are wished for. */
  readonly scaleFile: string
  /** Where the replicas are, for the gateway. */
  readonly targetsFile: string
  data(name: string): string
  log(name: string): string
}

/** The home named by `--home`, else by `PORTICO_HOME`, else `.portico` in the project. Nothing is made yet. */
export function openHome(option?: string): Home {
  const root = resolve(option ?? process.env.PORTICO_HOME ?? join(projectRoot, '.portico'))
  const logs = join(root, 'logs')
  return {
    root,
    logs,
    keysFile: join(root, 'keys.json'),
    kongEnvFile: join(root, 'kong.env'),
    secretsFile: join(root, 'secrets.json'),
    runFile: join(root, 'run.json'),
    lockFile: join(root, 'lock'),
    scaleFile: join(root, 'scale.json'),
    targetsFile: join(root, 'targets.json'),
    data: (name) => join(root, 'data', name),
    log: (name) => join(logs, `${name}.log`),
  }
}

/** Makes the home's folders, readable by their owner only. */
export async function makeHome(home: Home): Promise<void> {
  await mkdir(home.root, { recursive: true, mode: 0o700 })
  await mkdir(join(home.root, 'data'), { recursive: true, mode: 0o700 })
  await mkdir(home.logs, { recursive: true, mode: 0o700 })
}
