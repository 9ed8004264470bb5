import { registerUser } from '@portico/contracts'
import { AppError, fieldErrors, newId, readEnvironment } from '@portico/service-kit'
import { z } from 'zod'
import { runAdminScript } from './admin-script.ts'
import { databaseEnvironment } from './config.ts'
import { hashPassword } from './passwords.ts'
import { insertAccount } from './store/accounts.ts'
import { audited } from './store/audit.ts'
import { openDatabase } from './store/database.ts'

/** Makes an admin: `node src/create-admin.ts EMAIL`, the password in PORTICO_ADMIN_PASSWORD. */
async function createAdmin(email: string | undefined): Promise<string> {
  const environment = readEnvironment({ ...databaseEnvironment, PORTICO_ADMIN_PASSWORD: z.string().min(1) })
  const given = registerUser.body?.safeParse({ email, password: environment.PORTICO_ADMIN_PASSWORD, name: 'Admin' })
  if (!given?.success) {
    const reasons = fieldErrors(given?.error.issues ?? []).map(({ field, message }) => `${field}: ${message}`)
    throw new AppError('invalid_request', reasons.join('\n'))
  }
  const db = await openDatabase(environment.MONGODB_URL)
  try {
    const { email: address, password, name } = given.data
    const passwordHash = await hashPassword(password)
    const id = newId()
    const account = { id, email: address, name, role: 'admin', disabled: false, createdAt: new Date() } as const
    // Nobody is logged in here: the new admin stands for whoever ran the script.
    const by = { userId: id, requestId: 'create-admin' }
    const act = { action: 'admin.created', subject: id, before: null, after: { role: 'admin' } } as const
    await audited(db, by, act, () => insertAccount(db, { ...account, passwordHash }))
    return address
  } finally {
    await db.close()
  }
}

await runAdminScript(async () => `${await createAdmin(process.argv[2])} is an admin now.`)
