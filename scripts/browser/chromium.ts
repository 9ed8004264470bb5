import { UserError } from '../command-line/user-error.ts'
import { systemPackages } from '../datastores/package-manager.ts'
import { findProgram } from '../datastores/programs.ts'
import type { Report } from '../supervisor/report.ts'

/** Debian's build without a window comes first: it does the same for half the CPU. */
const executables = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
]

export interface BrowserOptions {
  readonly noInstall: boolean
  readonly report: Pick<Report, 'note' | 'begin' | 'done'>
  /** Where the installing programs' output goes. */
  readonly log: string
}

/**
 * The path of a Chromium: the one CHROMIUM_PATH names, one on PATH, or one that the system's package manager installs,
 * said aloud before it does.
 * @throws UserError that names the choices
 */
export async function findOrInstallChromium({ noInstall, report, log }: BrowserOptions): Promise<string> {
  const found = process.env.CHROMIUM_PATH ?? (await findProgram(...executables))
  if (found !== undefined) return found
  const installations = noInstall ? [] : await browserPackages()
  for (const installation of installations) {
    report.note(`installing Chromium: ${installation.description}`)
    report.begin('get Chromium')
    const path = (await installation.run(log)) ? await findProgram(...executables) : undefined
    report.done('get Chromium', path ?? 'failed')
    if (path !== undefined) return path
  }
  throw new UserError(
    [
      'Chromium is missing, in which the apps are tried.',
      'Any one of these gives it:',
      '  - Chromium or Google Chrome on PATH',
      '  - the path of one:  CHROMIUM_PATH=/path/to/chrome npm test',
      '  - as root on Debian, Fedora, Alpine or Arch it is installed, unless --no-install says no',
    ].join('\n'),
  )
}

/** Texts need a font; the browser's own package brings none. */
async function browserPackages() {
  const fonts = {
    'apt-get': 'fonts-liberation',
    dnf: 'liberation-fonts',
    apk: 'font-liberation',
    pacman: 'ttf-liberation',
  }
  return [
    ...(await systemPackages({ 'apt-get': 'chromium-headless-shell' }, fonts)),
    ...(await systemPackages({ 'apt-get': 'chromium', dnf: 'chromium', apk: 'chromium', pacman: 'chromium' }, fonts)),
  ]
}
