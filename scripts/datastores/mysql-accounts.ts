import { databaseOf, servicePassword } from './service-account.ts'

/** What a service needs for its queries and migrations, in its own database. */
const PRIVILEGES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES'

/** Statements, one a line, that make a service's database and user, or set its password. @param administrator the administrator's password */
export function mysqlAccount(service: string, administrator: string): string {
  const name = databaseOf(service)
  const user = `'${name}'@'127.0.0.1'`
  const identified = `IDENTIFIED BY '${servicePassword(administrator, service)}'`
  // In a grant an underscore stands for any character.
  const pattern = name.replaceAll('_', '\\_')
  return `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS ${user} ${identified};
ALTER USER ${user} ${identified};
GRANT ${PRIVILEGES} ON \`${pattern}\`.* TO ${user};
`
}
