import { type Command, runCommand } from './command-line/command.ts'
import { hint } from './command-line/hint.ts'
import { type Home, openHome } from './home.ts'
import { type ProcessStatus, readLiveStatus } from './supervisor/live-status.ts'
import { isRunning } from './supervisor/process-identity.ts'
import { readRunFile } from './supervisor/run-file.ts'

const command: Command = {
  help: `Shows every process of the running shop: its number, ports, health and how often it was restarted.
Datastores that somebody else runs (by a URL in the environment) are not shown.

  npm run status -- [--json] [--home DIR]`,
  options: { json: { type: 'boolean' }, home: { type: 'string' } },
  async run({ flags, values }) {
    const home = openHome(values.home)
    const run = readRunFile(home.runFile)
    const processes = await readLiveStatus(run)
    // On standard error: --json prints JSON and nothing else.
    if (processes.length > 0 && run !== undefined && !isRunning(run.supervisor)) console.error(leftBehind(home))
    if (flags.json) console.log(JSON.stringify(processes, null, 2))
    else if (processes.length === 0) console.log(`Nothing runs in ${home.root}. To start: ${hint(home, 'start')}`)
    else {
      console.log(asTable(processes))
      console.log(`\nWrites to the gateway's Admin API need its token: curl -H '@${home.adminTokenFile}' …`)
    }
    return 0
  },
}

const leftBehind = (home: Home) =>
  `The shop is down: its supervisor was killed. What is shown was left behind, and nothing restarts it.\n` +
  `To start the shop again: ${hint(home, 'start')}. To end these: ${hint(home, 'stop')}\n`

function asTable(processes: readonly ProcessStatus[]): string {
  const rows = processes.map(({ name, health, pid, ports, restarts }) => [
    name,
    health,
    String(pid),
    ports.join(' '),
    String(restarts),
  ])
  const columns = [['NAME', 'HEALTH', 'PID', 'PORTS', 'RESTARTS'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((index) => Math.max(...columns.map((row) => row[index]?.length ?? 0)))
  return columns
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

await runCommand(command)
