import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { type Home, projectRoot } from '../home.ts'
import { runLogged } from '../run-program.ts'
import { readLastLines } from '../supervisor/log-file.ts'
import type { Report } from '../supervisor/report.ts'

/** Builds the React apps of storefront where their sources have changed. @throws UserError with the end of the log */
export async function buildApps(home: Home, report: Report): Promise<void> {
  report.begin('apps')
  const log = home.log('apps')
  const script = join(projectRoot, 'services', 'storefront', 'build', 'build.ts')
  if ((await runLogged(process.execPath, [script], log)) !== 0) {
    throw new UserError(`The web apps could not be built:\n    ${readLastLines(log, 12).join('\n    ')}`)
  }
  report.done('apps', readLastLines(log, 1)[0])
}
