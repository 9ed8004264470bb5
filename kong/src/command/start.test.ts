import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly written: () => string
}

describe('kong start', () => {
  let folder: string
  let file: string
  let envFile: string
  let upstream: Server
  let answer = (_path: string): Promise<string> => Promise.resolve('ok')
  const children: ChildProcess[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portico-start-'))
    file = join(folder, 'kong.yml')
    envFile = join(folder, '.env')
    answer = () => Promise.resolve('ok')
    upstream = createServer(async (request, response) => response.end(await answer(request.url ?? '')))
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    await writeEnv('/one')
    await writeRoute('/a')
  })

  afterEach(async () => {
    vi.unstubAllEnvs()
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
    upstream.closeAllConnections()
    upstream.close()
    await rm(folder, { recursive: true })
  })

  const writeEnv = (path: string) =>
    writeFile(envFile, `DECK_SERVICE="http://127.0.0.1:${(upstream.address() as AddressInfo).port}${path}"\n`)

  const writeRoute = (path: string) =>
    writeFile(
      file,
      `_format_version: "3.0"\nservices:\n  - name: s\n    url: \${{ env "DECK_SERVICE" }}\n    routes: [{ name: r, paths: ["${path}"] }]\n`,
    )

  function run(...args: string[]): Started {
    const child = spawn(process.execPath, ['--', main, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    children.push(child)
    let written = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      written += chunk.toString()
    })
    return { child, written: () => written }
  }

  async function start() {
    const listen = ['--proxy-listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0']
    const started = run('start', '--config', file, '--env-file', envFile, ...listen)
    const [message] = (await once(started.child, 'message')) as [
      { type: string; ports: { proxy: number; admin: number } },
    ]
    expect(message.type).toBe('ready')
    const { proxy, admin } = message.ports
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${proxy}${path}`)).status
    return { ...started, proxy, status, admin: `http://127.0.0.1:${admin}` }
  }

  const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 1000, interval: 20 })

  it('puts an edit in force within a second, and what the env file says anew', async () => {
    const { status, proxy } = await start()
    answer = (path) => Promise.resolve(path)
    expect(await status('/a')).toBe(200)
    await writeRoute('/b')
    await soon(async () => expect([await status('/a'), await status('/b')]).toEqual([404, 200]))
    await writeEnv('/another')
    await soon(async () => expect(await (await fetch(`http://127.0.0.1:${proxy}/b`)).text()).toBe('/another'))
  })

  it('keeps the configuration before a wrong edit and says why', async () => {
    const { status, admin, written } = await start()
    await writeFile(file, '_format_version: "3.0"\nservices:\n  - name: s\n    hots: x\n')
    const error = {
      source: 'file',
      problems: expect.arrayContaining([expect.objectContaining({ line: 4, column: 5 })]),
    }
    await soon(async () =>
      expect(await (await fetch(`${admin}/status`)).json()).toMatchObject({ configuration_error: error }),
    )
    expect(await status('/a')).toBe(200)
    expect(written()).toContain(`${file}:4:5`)
    await writeRoute('/c')
    await soon(async () =>
      expect(await (await fetch(`${admin}/status`)).json()).not.toHaveProperty('configuration_error'),
    )
  })

  it('takes the last of two equal keys, as Kong does, and warns', async () => {
    const { status, written } = await start()
    await writeFile(file, '_format_version: "3.0"\nroutes:\n- name: r\n  paths: [/x]\n  paths: [/y]\n')
    await soon(async () => expect([await status('/x'), await status('/y')]).toEqual([404, 503]))
    expect(written()).toMatch(/warn .*:5:3 routes\[0\]\.paths: 'paths' is already set on line 4, column 3/)
  })

  it('lets POST /config win until the next edit', async () => {
    const { status, admin } = await start()
    const document = { _format_version: '3.0' }
    const headers = { 'content-type': 'application/json' }
    const posted = await fetch(`${admin}/config`, { method: 'POST', headers, body: JSON.stringify(document) })
    expect(posted.status).toBe(201)
    expect(await status('/a')).toBe(404)
    await writeRoute('/d')
    await soon(async () => expect(await status('/d')).toBe(200))
  })

  it('finishes a request under way when told to stop, and exits 0 within two seconds', async () => {
    const { child, status } = await start()
    const arrived = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    answer = async () => {
      arrived.resolve()
      await release.promise
      return 'late'
    }
    const pending = status('/a')
    await arrived.promise
    const ended = once(child, 'exit')
    const started = performance.now()
    child.kill('SIGTERM')
    await vi.waitFor(async () => expect(await status('/a').catch(() => 'refused')).toBe('refused'))
    release.resolve()
    expect(await pending).toBe(200)
    expect(await ended).toEqual([0, null])
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('has written its access log when it stops, below the prefix', async () => {
    vi.stubEnv('KONG_PREFIX', join(folder, 'prefix'))
    vi.stubEnv('KONG_PROXY_ACCESS_LOG', 'logs/access.log')
    const { child, status } = await start()
    expect(await status('/a?ticket=abc')).toBe(200)
    child.kill('SIGTERM')
    await once(child, 'exit')
    const written = await readFile(join(folder, 'prefix/logs/access.log'), 'utf8')
    expect(written).toMatch(/"GET \/a\?ticket=\[redacted\] HTTP\/1\.1" 200 2 .* kong_request_id: "[0-9a-f]{32}"\n$/)
  })

  it('does not start where its access log can not be written', async () => {
    vi.stubEnv('KONG_PROXY_ACCESS_LOG', join(folder, 'missing/access.log'))
    const { child, written } = run('start', '--config', file, '--env-file', envFile, '--proxy-listen', '127.0.0.1:0')
    expect(await once(child, 'exit')).toEqual([2, null])
    expect(written()).toContain("KONG_PROXY_ACCESS_LOG can't be written")
  })

  it('ends when its supervisor does', async () => {
    const { child } = await start()
    const ended = once(child, 'exit')
    child.disconnect()
    expect(await ended).toEqual([0, null])
  })

  it('says which port is taken', async () => {
    const { proxy } = await start()
    const second = run('start', '--config', file, '--env-file', envFile, '--proxy-listen', `127.0.0.1:${proxy}`)
    expect(await once(second.child, 'exit')).toEqual([3, null])
    expect(second.written()).toContain(`port ${proxy} is taken`)
  })

  it.each([
    [['start', '--proxy-lisen', 'x'], 'did you mean --proxy-listen?'],
    [['strat'], 'did you mean start?'],
    [['check'], 'which file?'],
    [['check', main, '--env-file', 'missing'], "--env-file missing can't be read"],
    [
      ['start', '--proxy-listen', '127.0.0.1:0', '--config', main, '--env-file', 'missing'],
      "--env-file missing can't be read",
    ],
  ])('answers %j with one line and exit code 2', async (args, message) => {
    const { child, written } = run(...args)
    expect(await once(child, 'exit')).toEqual([2, null])
    expect(written().trim().split('\n')).toEqual([expect.stringContaining(message)])
  })
})
