import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { runLogged, runProgram } from '../run-program.ts'
import type { DatastoreKind, Place, ServerProgram } from './datastore.ts'
import { mysqlAccount } from './mysql-accounts.ts'
import { systemPackages } from './package-manager.ts'
import { serverPackages } from './packages.mjs'
import { findProgram } from './programs.ts'
import { serviceUrl } from './service-account.ts'
import { unprivileged } from './unprivileged.ts'

const administrator = 'portico'

// Run by the server itself at each start, one statement a line: the passwords hold from the first connection on.
const initialStatements = ({ password, services }: Place) => `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';
CREATE USER IF NOT EXISTS '${administrator}'@'127.0.0.1' IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON *.* TO '${administrator}'@'127.0.0.1' WITH GRANT OPTION;
DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1';
${services.map((service) => mysqlAccount(service, password)).join('')}`

/** MariaDB or MySQL. */
export const mysql: DatastoreKind = {
  title: 'MySQL',
  variable: 'MYSQL_URL',
  example: 'mysql://user:password@host:3306/portico_order',
  executables: ['mariadbd', 'mysqld'],
  async find() {
    const path = await findProgram('mariadbd', 'mysqld')
    if (path === undefined) return undefined
    const output = (await runProgram(path, ['--version'])).output
    const version = /Ver ([\d.]+)/.exec(output)?.[1] ?? 'of unknown version'
    return { path, title: `${output.includes('MariaDB') ? 'MariaDB' : 'MySQL'} ${version}` }
  },
  packages: serverPackages.mysql,
  installations: () => systemPackages(serverPackages.mysql),
  async prepare(program, place) {
    if (!existsSync(place.directory)) await makeDataFolder(program, place)
    await writeFile(initFile(place), initialStatements(place), { mode: 0o600 })
  },
  command(program, place) {
    const [command, args] = unprivileged(program.path, [
      '--no-defaults',
      `--datadir=${place.directory}`,
      '--bind-address=127.0.0.1',
      `--port=${place.port}`,
      // Relative to the data folder, since a socket's whole path has a hundred characters at most.
      '--socket=mysql.sock',
      `--pid-file=${join(place.directory, 'mysql.pid')}`,
      `--init-file=${initFile(place)}`,
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=1',
      '--sync-binlog=1',
      '--character-set-server=utf8mb4',
      '--max-connections=300',
    ])
    return { command, args, stopSignal: 'SIGTERM' }
  },
  url: administrativeUrl,
  urlFor: (_program, place, service) => serviceUrl(administrativeUrl(place), service),
}

function administrativeUrl({ password, port }: Place): string {
  return `mysql://${administrator}:${password}@127.0.0.1:${port}/`
}

const initFile = (place: Place) => `${place.directory}.sql`

async function makeDataFolder(program: ServerProgram, place: Place): Promise<void> {
  const draft = `${place.directory}.new`
  await rm(draft, { recursive: true, force: true })
  const code = program.title.startsWith('MariaDB')
    ? await initialiseMariaDb(draft, place)
    : await initialiseMySql(program, draft, place)
  if (code !== 0) throw new UserError(`${program.title} could not make its data folder.`)
  await rename(draft, place.directory)

  async function initialiseMariaDb(datadir: string, { log }: Place): Promise<number> {
    const besideServer = join(dirname(program.path), 'mariadb-install-db')
    const installer = (await findProgram('mariadb-install-db', 'mysql_install_db')) ?? besideServer
    const options = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
    // Temporary tables in its own folder: two installations at once would meet in the system's. By the environment,
    // since the installer splits `--tmpdir` at spaces.
    const env = { ...process.env, TMPDIR: datadir }
    return await runLogged(...unprivileged(installer, ['--no-defaults', `--datadir=${datadir}`, ...options]), log, env)
  }
}

async function initialiseMySql(program: ServerProgram, datadir: string, { log }: Place): Promise<number> {
  return await runLogged(
    ...unprivileged(program.path, ['--no-defaults', '--initialize-insecure', `--datadir=${datadir}`]),
    log,
  )
}
