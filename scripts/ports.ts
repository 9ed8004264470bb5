import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { UserError } from './command-line/user-error.ts'

// Below every system's range for outgoing connections (Linux: 32768): a client that keeps calling a server that is
// down would otherwise be given the server's port itself one day, and hold it when the server comes back.
const lowest = 20_000
const highest = 32_000

const given = new Set<number>()

/** A port on loopback that nobody listens on, never the same one twice in this process. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(lowest, highest)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new UserError(`No free port was found between ${lowest} and ${highest} on 127.0.0.1.`)
}

/** Whether nobody listens on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const bound = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
  if (bound) await new Promise((resolve) => server.close(resolve))
  return bound
}
