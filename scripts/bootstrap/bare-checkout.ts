import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { projectRoot } from '../home.ts'
import { type Finished, runProgram } from '../run-program.ts'

/** A checkout with the bootstrap, the lock file and one command that prints the Node it runs on. */
export interface BareCheckout {
  readonly root: string
  /** Runs that command by the bootstrap, as a machine does whose own Node is of this version. */
  run(node: string, variables: Readonly<Record<string, string>>, ...words: string[]): Promise<Finished>
  /** Puts a program first on the machine's PATH. */
  program(name: string, script: string): Promise<void>
  remove(): Promise<void>
}

/** Makes one; with `installed`, its packages are in step with the lock file but for what the test changes. */
export async function checkOutBare({ installed }: { readonly installed: boolean }): Promise<BareCheckout> {
  const root = await mkdtemp(join(tmpdir(), 'portico bare-'))
  const programs = join(root, 'programs')
  for (const path of ['package.json', 'package-lock.json', '.npmrc', 'scripts/bootstrap.mjs', 'scripts/bootstrap'])
    await cp(join(projectRoot, path), join(root, path), { recursive: true })
  for (const path of ['scripts/debian', 'scripts/datastores/packages.mjs', 'scripts/command-line/commands.mjs'])
    await cp(join(projectRoot, path), join(root, path), { recursive: true })
  await writeFile(join(root, 'scripts/version.ts'), "console.log('it runs on ' + process.execPath)\n")
  if (installed) {
    await mkdir(join(root, 'node_modules/.bin'), { recursive: true })
    await cp(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'))
    await cp(join(projectRoot, 'node_modules/node/package.json'), join(root, 'node_modules/node/package.json'))
  }
  return {
    root,
    async run(node, variables, ...words) {
      const pretend = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${node}'}})`
      const path = [programs, process.env.PATH].filter(Boolean).join(delimiter)
      const given = Object.entries({ ...variables, PATH: path }).map(([name, value]) => `${name}=${value}`)
      const bootstrap = ['--import', `data:text/javascript,${pretend}`, join(root, 'scripts/bootstrap.mjs')]
      return await runProgram('env', [...given, process.execPath, ...bootstrap, 'version', ...words], root)
    },
    async program(name, script) {
      const path = join(name.includes('/') ? root : programs, name)
      await mkdir(dirname(path), { recursive: true })
      if (existsSync(path)) await rm(path)
      if (script.startsWith('/')) return await symlink(script, path)
      await writeFile(path, `#!/bin/sh\n${script}\n`)
      await chmod(path, 0o755)
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
