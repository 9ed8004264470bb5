import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const variables = [
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_PROXY'],
]
/** Variables that name a file of certificates. */
const certificates = ['npm_config_cafile', 'PIP_CERT', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']

/**
 * Lets a machine reach the registries in the way in which this one does: name server, proxies, certificates and mirrors.
 * Logins stay here.
 *
 * @returns The variables for the machine's environment.
 */
export async function hostSettings(root: string): Promise<NodeJS.ProcessEnv> {
  for (const file of ['/etc/resolv.conf', '/etc/hosts', '/etc/pip.conf'])
    if (existsSync(file)) await cp(file, join(root, file), { dereference: true })
  const { stdout } = await run('apt-config', ['dump'])
  const acquire = stdout.split('\n').filter((line) => /^Acquire::(?:Check|http|https|ForceIPv)/.test(line))
  await writeFile(join(root, 'etc/apt/apt.conf.d/99host'), `${acquire.join('\n')}\n`)
  const settings = { ...(await npmSettings()), ...given() }
  for (const name of certificates) {
    const file = settings[name]
    if (file === undefined) continue
    // In a place of its own: packages of the machine write the usual ones.
    settings[name] = join('/etc/host', basename(file))
    await cp(file, join(root, settings[name]), { dereference: true })
  }
  return settings
}

const given = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    [...variables, ...certificates].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  )

async function npmSettings(): Promise<NodeJS.ProcessEnv> {
  const settings: NodeJS.ProcessEnv = {}
  for (const name of ['registry', 'cafile', 'https-proxy', 'proxy', 'noproxy']) {
    const value = (await run('npm', ['config', 'get', name])).stdout.trim()
    if (value && value !== 'null' && value !== 'undefined') settings[`npm_config_${name.replace('-', '_')}`] = value
  }
  return settings
}
