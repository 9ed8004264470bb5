// Every command with a line for people, in plain JavaScript: `npm run help` lists them before anything is installed.

/** @type {Readonly<Record<string, string>>} */
export const commands = {
  start: 'starts the whole shop; Ctrl-C stops it, the data stays',
  status: 'shows every process with its ports and health; --json for programs',
  logs: 'shows what the processes wrote; -f follows',
  stop: 'stops the running shop',
  restart: 'restarts the services named, each once its requests are done: order',
  scale: 'runs more or fewer replicas of a service: order=3',
  admin: 'makes an admin: create EMAIL',
  seed: 'adds what is missing of the demo catalog',
  reset: 'deletes all data, keys and logs of a stopped shop',
  events: 'lists, replays or drops dead letters',
  stock: 'compares every stock with its ledger: check, rebuild',
  keys: 'shows or rotates the keys that sign access tokens',
  kong: 'the gateway alone: check, render, start',
  compose: 'makes what docker-compose.yml takes from outside: init',
  test: 'runs the checks and all suites, or the parts named',
  'test:long': 'runs what takes longer than npm test may',
  check: 'types, format, lint, and which part may import which',
  format: 'formats the code',
  faults: 'kills the processes of a shop while customers order, and judges the outcome',
  bench: 'measures the shop, the gateway or the brokers: orders, gateway, buses',
  screenshots: "takes pictures of the running shop's pages",
  help: 'this list',
}

/** The list for people, one command a line. */
export function describeCommands() {
  const names = Object.keys(commands)
  const width = Math.max(...names.map((name) => name.length)) + 'npm run '.length
  const lines = names.map((name) => `  ${typed(name).padEnd(width)}  ${commands[name]}`)
  return [
    'Commands:',
    ...lines,
    '',
    'Options go after "--": npm run logs -- order -f. Each command explains itself: -- --help',
  ].join('\n')
}

/** A command as a person types it. */
const typed = (name) => (['start', 'test', 'stop'].includes(name) ? `npm ${name}` : `npm run ${name}`)
