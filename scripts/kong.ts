import { join } from 'node:path'
import { projectRoot } from './home.ts'

// The gateway's own command line, in this very process: what it says, its exit code and its signals are untouched.
const script = join(projectRoot, 'kong', 'src', 'main.ts')
process.argv.splice(1, 1, script)
await import(script)
