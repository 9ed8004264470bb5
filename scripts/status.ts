import { type Command, runCommand } from './command-line/command.ts'
import { hint } from './command-line/hint.ts'
import { openHome } from './home.ts'
import { type ProcessStatus, readLiveStatus } from './supervisor/live-status.ts'
import { readRunFile } from './supervisor/run-file.ts'

const command: Command = {
  help: `Shows every process of the running shop: its number, ports, health and how often it was restarted.
Datastores that somebody else runs (by a URL in the environment) are not shown.

  npm run status -- [--json] [--home DIR]`,
  options: { json: { type: 'boolean' }, home: { type: 'string' } },
  async run({ flags, values }) {
    const home = openHome(values.home)
    const processes = await readLiveStatus(readRunFile(home.runFile))
    if (flags.json) console.log(JSON.stringify(processes, null, 2))
    else if (processes.length === 0) console.log(`Nothing runs in ${home.root}. To start: ${hint(home, 'start')}`)
    else {
      console.log(asTable(processes))
      console.log(`\nWrites to the gateway's Admin API need its token: curl -H '@${home.adminTokenFile}' …`)
    }
    return 0
  },
}

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
