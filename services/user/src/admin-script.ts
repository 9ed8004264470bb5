import { AppError, EnvironmentError } from '@portico/service-kit'

/**
 * Runs the work of an admin script and prints what it did.
 * Exit code 0 when it is done, 2 when the address belongs to an account already, 1 for any other refusal.
 */
export async function runAdminScript(work: () => Promise<string>): Promise<void> {
  try {
    console.log(await work())
  } catch (error) {
    if (!(error instanceof AppError || error instanceof EnvironmentError)) throw error
    console.error(error.message)
    process.exitCode = error instanceof AppError && error.code === 'email_taken' ? 2 : 1
  }
}
