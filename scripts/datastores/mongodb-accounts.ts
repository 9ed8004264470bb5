import { databaseOf, servicePassword } from './service-account.ts'

/** Makes a user for each service in its own database, or sets its password. @param url the administrator's */
export async function makeMongodbAccounts(url: string, services: readonly string[]): Promise<void> {
  const { MongoClient } = await import('mongodb')
  const client = new MongoClient(url)
  try {
    for (const service of services) {
      const name = databaseOf(service)
      const database = client.db(name)
      const { users } = await database.command({ usersInfo: name })
      const command = users.length === 0 ? 'createUser' : 'updateUser'
      await database.command({ [command]: name, ...account(name, servicePassword(new URL(url).password, service)) })
    }
  } finally {
    await client.close()
  }
}

/** The same as a script for mongosh, for the image of MongoDB: run when its volume is empty, and may be repeated. */
export function mongodbScript(service: string, password: string): string {
  const name = databaseOf(service)
  return `const account = ${JSON.stringify(account(name, password))}
const database = db.getSiblingDB(${JSON.stringify(name)})
const known = database.getUser(${JSON.stringify(name)}) !== null
database.runCommand({ [known ? 'updateUser' : 'createUser']: ${JSON.stringify(name)}, ...account })
`
}

const account = (name: string, pwd: string) => ({
  pwd,
  roles: ['readWrite', 'dbAdmin'].map((role) => ({ role, db: name })),
})
