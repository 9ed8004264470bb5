import { spawnSync } from 'node:child_process'
import { installCommand, serverPackages } from '../datastores/packages.mjs'
import { onPath } from './terminal.mjs'

const present = {
  mongodb: () => process.env.MONGODB_URL || onPath('mongod') || hasVenv(),
  mysql: () => process.env.MYSQL_URL || onPath('mariadbd') || onPath('mysqld'),
  redis: () => process.env.REDIS_URL || onPath('redis-server') || onPath('valkey-server'),
}

const hasVenv = () => spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0

/** The one line that installs a package and all servers that this machine lacks. */
export function describeMissing(manager, name) {
  const servers = Object.keys(serverPackages).filter((server) => !present[server]())
  const packages = servers.flatMap((server) => serverPackages[server][manager] ?? [])
  const what = packages.length > 0 ? `${name} and the database servers that are missing too` : name
  return `Install ${what}:\n  ${installCommand(manager, [name, ...packages])}`
}
