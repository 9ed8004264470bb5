import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from './command-line/user-error.ts'
import { openHome, projectRoot } from './home.ts'

// The gateway's own command line, in this very process: what it says, its exit code and its signals are untouched.
const script = join(projectRoot, 'kong', 'src', 'main.ts')
process.argv.splice(1, 1, script)

// The shop's kong.yml names values that a start of the shop has written down: check and render find them by themselves.
const [, , command] = process.argv
const given = process.argv.some((argument) => argument === '--env-file' || argument.startsWith('--env-file='))
if ((command === 'check' || command === 'render') && !given) {
  const kongEnvFile = findKongEnvFile()
  if (kongEnvFile !== undefined) process.argv.push('--env-file', kongEnvFile)
}
await import(script)

/** Undefined also where `PORTICO_HOME` is a file: the command line of the gateway works without a home. */
function findKongEnvFile(): string | undefined {
  try {
    const { kongEnvFile } = openHome()
    return existsSync(kongEnvFile) ? kongEnvFile : undefined
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
