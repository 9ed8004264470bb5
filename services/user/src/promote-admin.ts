import { AppError, readEnvironment } from '@portico/service-kit'
import { runAdminScript } from './admin-script.ts'
import { promoteAccount } from './administration.ts'
import { databaseEnvironment } from './config.ts'
import { openDatabase } from './store/database.ts'

/** Makes an existing account an admin: `node src/promote-admin.ts EMAIL`. Ends the account's sessions. */
async function promoteAdmin(email: string | undefined): Promise<string> {
  const environment = readEnvironment(databaseEnvironment)
  if (email === undefined) throw new AppError('invalid_request', 'Name the account: promote-admin.ts EMAIL')
  const db = await openDatabase(environment.MONGODB_URL)
  try {
    const promoted = await promoteAccount(db, email)
    return promoted ? `${email} is an admin now. Log in again.` : `${email} is an admin already.`
  } finally {
    await db.close()
  }
}

await runAdminScript(() => promoteAdmin(process.argv[2]))
