import { join, resolve } from 'node:path'
import { projectRoot } from '../../home.ts'
import { type Scenario, writeNginxConfig } from './scenario.ts'

/** A gateway of the comparison. */
export interface Contender {
  readonly name: string
  /** Whether it checks tokens and counts. */
  readonly checks: boolean
  /** Whether its packages are those of `peers/`. */
  readonly fromPeers: boolean
  /** The words that start it in the foreground. */
  command(scenario: Scenario, port: number): readonly string[]
}

export const peersFolder = join(projectRoot, 'scripts', 'bench', 'peers')

const nginx: Contender = {
  name: 'nginx',
  checks: false,
  fromPeers: false,
  command: (scenario, port) => ['nginx', '-e', 'stderr', '-c', writeNginxConfig(scenario, port)],
}

const peer = (name: string): Contender => ({
  name,
  checks: true,
  fromPeers: true,
  command: () => [process.execPath, join(peersFolder, `${name}.mjs`)],
})

function portico(name: string, root: string, checks: boolean): Contender {
  const main = join(root, 'kong', 'src', 'main.ts')
  return {
    name,
    checks,
    fromPeers: false,
    command: ({ kongFile, bareKongFile }, port) => [
      ...[process.execPath, main, 'start', '--no-watch', '--config', checks ? kongFile : bareKongFile],
      ...['--proxy-listen', `127.0.0.1:${port}`, '--admin-listen', 'off'],
    ],
  }
}

/** All there are; with `beside`, the gateway of another checkout of this project too, to see what a change brings. */
export function allContenders(beside: string | undefined): Contender[] {
  const roots = { portico: projectRoot, ...(beside !== undefined && { beside: resolve(beside) }) }
  const ours = Object.entries(roots).flatMap(([name, root]) => [
    portico(name, root, true),
    portico(`${name}-bare`, root, false),
  ])
  return [nginx, ...ours, peer('fastify'), peer('express')]
}
